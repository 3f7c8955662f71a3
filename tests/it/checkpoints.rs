//! Checkpoints by themselves: signed when it is time, kept in a folder, and speaking up when the log is not what they cover.

use std::fs;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use chrono::TimeDelta;
use writ::jobs::{Checkpoints, Jobs};
use writ::mail::{Mailer, Memory};
use writ::vault::Shelf;

use crate::support::on_both;
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::world::World;

on_both! {
    the_log_is_signed_when_it_has_grown_and_a_day_has_passed,
    an_older_copy_of_the_register_is_told_by_the_folder_of_checkpoints,
}

fn jobs(world: &World, folder: &Path) -> Jobs {
    fs::create_dir_all(folder).unwrap();
    let shelf = Shelf::new(Dir::open_ambient_dir(folder, ambient_authority()).unwrap());
    let checkpoints = Checkpoints { every: Some(TimeDelta::hours(24)), shelf: Some(shelf), ..Checkpoints::default() };
    let mailer = Mailer::to_memory("Writ <writ@writ.example>", std::sync::Arc::new(Memory::default())).unwrap();
    Jobs { checkpoints, ..Jobs::new(world.ctx.clone(), mailer) }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

fn the_log_is_signed_when_it_has_grown_and_a_day_has_passed(world: &World) {
    let folder = world.folder.path().join("checkpoints");
    let jobs = jobs(world, &folder);
    jobs.run_once().unwrap();
    assert_eq!(files(&folder).len(), 1, "the first is signed at once");
    jobs.run_once().unwrap();
    world.minutes_pass(25 * 60);
    jobs.run_once().unwrap();
    assert_eq!(files(&folder).len(), 1, "nothing was added that it does not cover");
    world.anna().opens(subpoena().asking("account/registration")).done();
    jobs.run_once().unwrap();
    assert_eq!(files(&folder).len(), 2);
    world.anna().opens(subpoena().asking("account/registration")).done();
    jobs.run_once().unwrap();
    assert_eq!(files(&folder).len(), 2, "a day has not passed");

    // One that somebody signs at the console is kept too, and each is one that the command takes.
    let printed = world.commands(&["audit", "checkpoint"]);
    jobs.run_once().unwrap();
    let all = files(&folder);
    assert_eq!(all.len(), 3);
    assert_eq!(fs::read(&all[2]).unwrap(), printed.stdout);
    for file in &all {
        let said = world.commands(&["audit", "verify", "--checkpoint", file.to_str().unwrap()]);
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
    }
    let by_itself = world.log().into_iter().filter(|row| row.kind == "checkpoint.signed");
    let actors: Vec<String> = by_itself.map(|row| row.actor).collect();
    assert_eq!(actors, ["system:checkpoints", "system:checkpoints", "system:console"]);
}

fn an_older_copy_of_the_register_is_told_by_the_folder_of_checkpoints(world: &World) {
    let folder = world.folder.path().join("checkpoints");
    let jobs = jobs(world, &folder);
    jobs.run_once().unwrap();
    // What a register that went on would have written there, before an older copy took its place.
    let later = folder.join("checkpoint-000000004711.txt");
    fs::copy(&files(&folder)[0], &later).unwrap();
    world.anna().opens(subpoena().asking("account/registration")).done();
    world.minutes_pass(25 * 60);
    jobs.run_once().unwrap();
    assert_eq!(files(&folder).len(), 2, "no new checkpoint hides the gap");
    assert_eq!(world.log().iter().filter(|row| row.kind == "checkpoint.signed").count(), 1);
    let meters = world.ctx.meters().text().unwrap();
    let failed = "job_runs_total{job=\"checkpoints\",outcome=\"failed\"} 1";
    assert!(meters.contains(failed), "{meters}");
    fs::remove_file(later).unwrap();
    jobs.run_once().unwrap();
    assert_eq!(files(&folder).len(), 2);
}
