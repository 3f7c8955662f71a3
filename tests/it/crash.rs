//! The program and its database killed again and again under load: what was answered with a yes is there, nothing is
//! there by halves, and the next start needs nobody's hand. Real processes, SIGKILL, random moments.
//!
//! A few kills in every run, hundreds in `tests/run long`; `WRIT_TEST_KILLS` says how many, `WRIT_TEST_SEED` repeats
//! the moments and what the clients do.

pub mod client;
mod cluster;
mod lost;
pub mod office;
mod outage;
pub mod promises;
mod sync;

use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use client::{Stop, Worker};
use office::{Office, Told};
use promises::Look;

use crate::support::chance::Chance;
use crate::support::server::{Server, WRIT};
use crate::support::site::Site;
use crate::support::until::{times, until};
use crate::support::world::{Place, World};

/// How many clients work at the same time.
const CLIENTS: usize = 6;
/// After so many kills another register is begun, so that looking at all of one stays quick.
const KILLS_OF_ONE_REGISTER: usize = 25;

mod sqlite {
    #[test]
    fn a_server_killed_at_any_moment_has_kept_all_it_answered() {
        super::killed_again_and_again("sqlite", || Some(crate::support::World::by_the_clock(None)));
    }
}

mod postgres {
    #[test]
    fn a_server_killed_at_any_moment_has_kept_all_it_answered() {
        super::killed_again_and_again("postgres", crate::support::World::on_postgres_by_the_clock);
    }
}

fn killed_again_and_again(what: &str, make: impl Fn() -> Option<World>) {
    let (kills, mut chance) = (times("WRIT_TEST_KILLS", 4, 500), Chance::of_this_run(what));
    let (begun, mut sum) = (Instant::now(), Sum::default());
    while sum.kills < kills {
        let Some(world) = make() else { return };
        let next = KILLS_OF_ONE_REGISTER.min(kills - sum.kills);
        one_register(world, next, &mut chance, &mut sum);
        println!("{what}: {sum:?} in {:?}", begun.elapsed());
    }
    assert!(sum.told >= sum.kills, "the clients did too little: {sum:?}");
}

/// What came of it all.
#[derive(Debug, Default)]
struct Sum {
    kills: usize,
    /// Answers with a yes, each looked for after the kill and at the end.
    told: usize,
    /// Acts under way at a kill that turned out done, and not done.
    done_unsaid: usize,
    undone: usize,
    documents: usize,
    entries: u64,
    /// Files of uploads whose act never came: sealed, in nobody's list.
    stray_files: usize,
}

fn one_register(world: World, kills: usize, chance: &mut Chance, sum: &mut Sum) {
    let office = Office::of(&world, &["anna", "ben", "carla", "dan", "emil"]);
    let place = world.leaves();
    let settings = place.settles();
    let mut server = Server::start(&settings);
    let cookie = Office::signs_in(&server.site, "anna");
    let mut workers: Vec<Worker<'_>> = (0..CLIENTS)
        .map(|number| Worker::new(number, chance.branch(), &office, (number == 0).then(|| cookie.clone())))
        .collect();
    let (mut look, mut all) = (Look::new(), Vec::new());
    for _ in 0..kills {
        kill_under_load(&mut server, &mut workers, chance);
        nobody_is_left(&place);
        server = Server::start(&settings);
        let parts: Vec<String> = place.files().into_iter().filter(|name| name.ends_with(".part")).collect();
        assert_eq!(parts, Vec::<String>::new(), "the start left half uploads");
        let told: Vec<Told> = workers.iter_mut().flat_map(|worker| worker.told.drain(..)).collect();
        look.at(&place.enters(), &told);
        sum.told += told.len();
        all.extend(told);
    }
    // Everybody finds their case as they were told, and the session that began before the first kill still holds.
    for worker in &mut workers {
        assert_eq!(worker.looks_again(&server.site), Ok(()));
        sum.done_unsaid += worker.doubts.0;
        sum.undone += worker.doubts.1;
    }
    assert_eq!(server.site.browser_again("anna", &cookie).gets("/queue").status, 200);
    drop(server);
    let verified = Command::new(WRIT).args(["audit", "verify", "--config"]).arg(&settings).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    let world = place.enters();
    world.ends_well();
    Look::new().at(&world, &all);
    sum.kills += kills;
    sum.documents += look.documents;
    sum.entries += world.verified().size;
    sum.stray_files += place.files().len() - usize::try_from(world.raw().count("documents")).unwrap();
}

/// Lets everybody work, and kills the server at a random moment.
fn kill_under_load(server: &mut Server, workers: &mut [Worker<'_>], chance: &mut Chance) {
    let (done, is_killed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (enough, later) = (1 + chance.below(30), Duration::from_micros(chance.next() % 25_000));
    let site = Site::at(server.site.url().to_owned());
    std::thread::scope(|scope| {
        for worker in workers {
            let (done, is_killed, site) = (&done, &is_killed, &site);
            scope.spawn(move || {
                let ended = worker.works(site, done, || false);
                assert!(is_killed.load(Ordering::SeqCst), "stopped before the kill: {ended:?}");
                assert!(matches!(ended, Err(Stop::Lost(_))), "{ended:?}");
            });
        }
        until("enough is done", || done.load(Ordering::SeqCst) >= enough);
        std::thread::park_timeout(later);
        is_killed.store(true, Ordering::SeqCst);
        server.kill();
    });
}

/// A database server of its own finishes what the dead program had asked for; only then is the register as it stays.
fn nobody_is_left(place: &Place) {
    let world = crate::support::raw::Raw::open(&place.url);
    if !world.is_sqlite() {
        let mut raw = world;
        let others = "SELECT CAST(count(*) AS text) AS value FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        until("the database let go of the dead", || raw.values(others) == ["0"]);
    }
}
