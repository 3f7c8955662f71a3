//! Erasing that is killed: each case is erased, or whole.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use writ::actions::erasure::{approve_erasure, propose_single};
use writ::actions::sign_in::step_up;
use writ::domain::erasure::ErasureGround;
use writ::domain::staff::Verb;

use super::{closed, on};
use crate::support::chance::Chance;
use crate::support::papers::prose;
use crate::support::people::Acts;
use crate::support::raw::nobody_is_left;
use crate::support::server::WRIT;
use crate::support::until::times;
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

/// So many cases wait to be erased at each kill, beside those that an earlier one left.
const CASES: usize = 3;

fn story(world: World) {
    let kills = times("WRIT_TEST_ERASURE_KILLS", 3, 50);
    let place = world.leaves();
    let settings = place.settles();
    let mut chance = Chance::of_this_run("killed erasures");
    let (mut within, mut before, mut after) = (0, 0, 0);
    for number in 0..kills {
        let world = place.enters();
        (0..CASES).for_each(|case| approved_to_go(&world, &format!("case {case} of Marmoset {number}")));
        let there = world.cases().len();
        drop(world);
        // Most of a run goes by before the first case is erased; then they go within milliseconds of each other.
        let time = Duration::from_millis(40 + chance.next() % 160);
        killed_within(&settings, time);
        nobody_is_left(&place.url);
        let world = place.enters();
        let left = world.cases().len();
        // Whatever is left compares with the log: no case is half erased.
        world.compares();
        match left {
            left if left == there => before += 1,
            0 => after += 1,
            _ => within += 1,
        }
    }
    println!("erasing killed: {before} times before any case, {within} among them, {after} after all");
    assert!(run(&settings).status().unwrap().success());
    let world = place.enters();
    assert_eq!(world.cases().len(), 0);
    assert_eq!(std::fs::read_dir(place.folder.path().join("documents")).unwrap().count(), 0, "files are left");
    world.ends_well();
}

fn approved_to_go(world: &World, words: &str) {
    let case = closed(world, words);
    let (anna, carla) = (world.anna(), world.carla());
    let id = propose_single(&world.ctx, &anna.who, &on(&case), ErasureGround::Ordered, prose("Ordered.")).done();
    let fresh = step_up(&world.ctx, &carla.who, &password_of("carla"), Verb::ApproveErasure).done();
    approve_erasure(&world.ctx, &carla.who, id, fresh).done();
}

fn run(settings: &Path) -> Command {
    let mut command = Command::new(WRIT);
    command.args(["jobs", "run-once", "--config"]).arg(settings);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn killed_within(settings: &Path, time: Duration) {
    let mut child = run(settings).spawn().unwrap();
    let begun = Instant::now();
    while begun.elapsed() < time && child.try_wait().unwrap().is_none() {
        std::thread::park_timeout(Duration::from_millis(1));
    }
    let _ended_already = child.kill();
    child.wait().unwrap();
}
