//! Erasing that is killed: each case is erased, or whole.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use writ::actions::erasure::{approve_erasure, propose_single};
use writ::domain::erasure::ErasureGround;

use super::{closed, on};
use crate::support::chance::Chance;
use crate::support::papers::prose;
use crate::support::people::Acts;
use crate::support::server::WRIT;
use crate::support::until::{times, until};
use crate::support::world::{World, password_of};

#[test]
fn erasing_that_is_killed_leaves_each_case_erased_or_whole_on_sqlite() {
    story(World::by_the_clock(None));
}

#[test]
fn erasing_that_is_killed_leaves_each_case_erased_or_whole_on_postgres() {
    if let Some(world) = World::on_postgres_by_the_clock() {
        story(world);
    }
}

fn story(world: World) {
    let kills = times("WRIT_TEST_ERASURE_KILLS", 3, 50);
    // Every round has some cases to erase, so that a kill falls into the middle.
    let rounds: Vec<_> = (0..kills).map(|number| [number * 2, number * 2 + 1]).collect();
    for number in rounds.concat() {
        let case = closed(&world, &format!("case {number} of Marmoset"));
        let (anna, carla) = (world.anna(), world.carla());
        let id = propose_single(&world.ctx, &anna.who, &on(&case), ErasureGround::Ordered, prose("Ordered.")).done();
        let fresh = writ::actions::sign_in::step_up(
            &world.ctx,
            &carla.who,
            &password_of("carla"),
            writ::domain::staff::Verb::ApproveErasure,
        );
        approve_erasure(&world.ctx, &carla.who, id, fresh.done()).done();
    }
    let place = world.leaves();
    let settings = place.settles();
    let command = || {
        let mut command = Command::new(WRIT);
        command.args(["jobs", "run-once", "--config"]).arg(&settings).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::null());
        command
    };
    let mut chance = Chance::of_this_run("killed erasures");
    let (mut done, mut undone, mut left) = (0, 0, kills * 2);
    for _ in 0..kills {
        let mut child = command().spawn().unwrap();
        // Most of a run goes by before the first case is erased; then they go within milliseconds of each other.
        let within = Duration::from_millis(60 + chance.next() % 400);
        let begun = Instant::now();
        while begun.elapsed() < within && child.try_wait().unwrap().is_none() {
            std::thread::park_timeout(Duration::from_millis(1));
        }
        let _ended_already = child.kill();
        child.wait().unwrap();
        let mut raw = crate::support::raw::Raw::open(&place.url);
        if !raw.is_sqlite() {
            let others = "SELECT CAST(count(*) AS text) AS value FROM pg_stat_activity \
                          WHERE datname = current_database() AND pid <> pg_backend_pid()";
            until("the database let go of the dead", || raw.values(others) == ["0"]);
        }
        drop(raw);
        let world = place.enters();
        let cases = world.cases().len();
        // Whatever is left compares with the log: no case is half erased.
        world.compares();
        if cases < left {
            done += 1
        } else {
            undone += 1
        }
        left = cases;
        if left == 0 {
            break;
        }
    }
    println!("erasing killed: {done} times after some cases, {undone} before any; {left} of {} left", kills * 2);
    assert!(command().status().unwrap().success());
    let world = place.enters();
    assert_eq!(world.cases().len(), 0);
    assert_eq!(std::fs::read_dir(place.folder.path().join("documents")).unwrap().count(), 0, "files are left");
    world.ends_well();
}
