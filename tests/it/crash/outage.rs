//! The database server killed under a running Writ: it says so to whoever asks meanwhile, does nothing by halves, and
//! goes on by itself when the database is back.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::CLIENTS;
use super::client::{Stop, Worker};
use super::cluster::Cluster;
use super::office::{Office, Told};
use super::promises::Look;
use crate::support::chance::Chance;
use crate::support::server::Server;
use crate::support::until::{times, until};
use crate::support::world::World;

#[test]
fn when_the_database_is_killed_nothing_answered_is_lost_and_writ_goes_on_by_itself() {
    let Some(mut cluster) = Cluster::start() else { return };
    let (kills, mut chance) = (times("WRIT_TEST_KILLS", 3, 50), Chance::of_this_run("outage"));
    let begun = Instant::now();
    let world = World::by_the_clock(Some(cluster.url()));
    let office = Office::of(&world, &["anna", "ben", "carla", "dan", "emil"]);
    let place = world.leaves();
    // One server for all of it: whatever the database does, nobody starts it anew.
    let server = Server::start(&place.settles());
    let mut workers: Vec<Worker<'_>> =
        (0..CLIENTS).map(|number| Worker::new(number, chance.branch(), &office, None)).collect();
    let (mut look, mut all, mut refused) = (Look::new(), Vec::new(), BTreeMap::new());
    for _ in 0..kills {
        database_goes_away(&mut cluster, &server, &mut workers, &mut chance, &mut refused);
        let told: Vec<Told> = workers.iter_mut().flat_map(|worker| worker.told.drain(..)).collect();
        look.at(&place.enters(), &told);
        all.extend(told);
    }
    for worker in &mut workers {
        assert_eq!(worker.looks_again(&server.site), Ok(()));
    }
    let world = place.enters();
    world.ends_well();
    Look::new().at(&world, &all);
    assert_eq!(cluster.recoveries(), kills, "not each kill was one");
    let doubts = workers.iter().fold((0, 0), |sum, worker| (sum.0 + worker.doubts.0, sum.1 + worker.doubts.1));
    println!(
        "outage: {kills} kills, {} answers with a yes, refused meanwhile: {refused:?}, unsaid acts that were done and \
         not done: {doubts:?}, {} entries, {:?}",
        all.len(),
        world.verified().size,
        begun.elapsed()
    );
}

/// Everybody works; at a random moment the database is killed, and a little later it is started again. Clients whom the
/// server asks for patience come again until it takes them.
fn database_goes_away(
    cluster: &mut Cluster,
    server: &Server,
    workers: &mut [Worker<'_>],
    chance: &mut Chance,
    refused: &mut BTreeMap<String, usize>,
) {
    let (done, refusals) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let (is_killed, is_back) = (AtomicBool::new(false), AtomicBool::new(false));
    let (enough, later) = (1 + chance.below(30), Duration::from_micros(chance.next() % 25_000));
    let (site, count) = (&server.site, Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for worker in workers {
            let (done, refusals, is_killed) = (&done, &refusals, &is_killed);
            let (is_back, site, count) = (&is_back, &site, &count);
            scope.spawn(move || {
                let is_over = || is_back.load(Ordering::SeqCst);
                while let Err(stop) = worker.works(site, done, is_over) {
                    let Stop::Refused(code) = stop else { panic!("the server is there, yet {stop:?}") };
                    assert!(is_killed.load(Ordering::SeqCst), "{code} while the database was there");
                    *count.lock().unwrap().entry(code).or_insert(0) += 1;
                    refusals.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        until("enough is done", || done.load(Ordering::SeqCst) >= enough);
        std::thread::park_timeout(later);
        is_killed.store(true, Ordering::SeqCst);
        cluster.kill();
        until("somebody was asked for patience", || refusals.load(Ordering::SeqCst) > 0);
        cluster.starts_again();
        let before = done.load(Ordering::SeqCst);
        until("work goes on", || done.load(Ordering::SeqCst) > before + CLIENTS);
        is_back.store(true, Ordering::SeqCst);
    });
    for (code, times) in count.into_inner().unwrap() {
        *refused.entry(code).or_insert(0) += times;
    }
}
