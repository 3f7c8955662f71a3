//! Backups by themselves: made when it is time, by one node of several, and thinned out.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use chrono::TimeDelta;
use writ::actions::Ctx;
use writ::backup::{BackupReader, Secret};
use writ::domain::backup::Rotation;
use writ::domain::document::DocumentKind;
use writ::jobs::{Backups, Jobs};
use writ::mail::{Mailer, Memory};
use writ::vault::BackupShelf;

use crate::support::on_both;
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::world::World;

on_both! {
    backups_are_made_when_it_is_time_by_one_node_and_thinned_out,
}

const ROTATION: Rotation = Rotation { daily: 3, weekly: 2, monthly: 1 };

fn secret() -> Secret {
    Secret::key(&"7a".repeat(32)).unwrap()
}

fn jobs(world: &World, ctx: Ctx, folder: &Path) -> Jobs {
    let shelf = BackupShelf::new(Dir::open_ambient_dir(folder, ambient_authority()).unwrap());
    let backups = Backups {
        shelf,
        url: world.url.clone().into(),
        tools: Default::default(),
        secret: secret(),
        keys: Box::new(|| Ok(vec![("log.pub".to_owned(), b"public".to_vec())])),
        schedule: Some((TimeDelta::hours(24), ROTATION)),
    };
    let mailer = Mailer::to_memory("Writ <writ@writ.example>", Arc::new(Memory::default())).unwrap();
    let backups = Some(Arc::new(backups));
    Jobs { backups, ..Jobs::new(ctx, mailer) }
}

fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = files.collect();
    names.sort();
    names
}

fn backups_are_made_when_it_is_time_by_one_node_and_thinned_out(world: &World) {
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    world.anna().attaches(&case, DocumentKind::Evidence, "note.txt", b"A note.").done();
    let folder = world.folder.path().join("backups");
    fs::create_dir(&folder).unwrap();
    let one = jobs(world, world.ctx.clone(), &folder);
    let other = jobs(world, world.another_node(), &folder);
    // Both look at the same moment; one of them makes it.
    std::thread::scope(|scope| {
        scope.spawn(|| one.run_once().unwrap());
        scope.spawn(|| other.run_once().unwrap());
    });
    assert_eq!(names(&folder).len(), 1);
    world.minutes_pass(12 * 60);
    one.run_once().unwrap();
    assert_eq!(names(&folder).len(), 1, "a day has not passed");
    let mut made = 1;
    for _ in 0..20 {
        world.minutes_pass(24 * 60);
        [&one, &other][made % 2].run_once().unwrap();
        made += 1;
    }
    let told: Vec<_> = world.log().into_iter().filter(|row| row.kind == "backup.made").collect();
    assert_eq!(told.len(), made);
    assert!(told.iter().all(|row| row.actor == "system:backup" && row.process.contains("\"has_keys\":false")));
    // 2026-11-02 was the first; 2026-11-22 is the last: three days, two Mondays, the first of the month.
    let days: Vec<String> = names(&folder).iter().map(|name| name["writ-".len()..][..10].to_owned()).collect();
    assert_eq!(days, ["2026-11-02", "2026-11-09", "2026-11-16", "2026-11-20", "2026-11-21", "2026-11-22"]);
    let newest = fs::File::open(folder.join(names(&folder).last().unwrap())).unwrap();
    let reader = BackupReader::open(newest, &secret()).unwrap();
    let (manifest, today) = (reader.manifest(), world.ctx.now().day());
    assert_eq!(manifest.kept_until, Some(ROTATION.last_day(today)));
    assert_eq!(manifest.made_at.day(), today);
    // One that fails is tried again after an hour, and told to whoever watches.
    let lost = fs::read_dir(world.folder.path().join("documents")).unwrap().next().unwrap().unwrap().path();
    let bytes = fs::read(&lost).unwrap();
    fs::remove_file(&lost).unwrap();
    world.minutes_pass(24 * 60);
    one.run_once().unwrap();
    assert_eq!(names(&folder).len(), 6, "there is no whole backup, and none of those that were is gone");
    let meters = world.ctx.meters().text().unwrap();
    assert!(meters.contains("job_runs_total{job=\"backup\",outcome=\"failed\"} 1"), "{meters}");
    fs::write(&lost, bytes).unwrap();
    one.run_once().unwrap();
    assert_eq!(names(&folder).len(), 6);
    world.minutes_pass(61);
    one.run_once().unwrap();
    assert!(names(&folder).last().unwrap().contains("2026-11-23"));
}
