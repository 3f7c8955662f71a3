//! Tables and documents against somebody who may write to them: what the day's verification finds is an alarm as any, and
//! tells where it is, never what stands there or should.

use std::fs;
use std::path::PathBuf;

use chrono::TimeDelta;
use writ::actions::Ctx;
use writ::actions::run_verification::verify_if_due;
use writ::domain::document::DocumentKind;

use super::{alarms, collected, jobs, last_kinds, told, verified};
use crate::support::on_both;
use crate::support::people::Acts;
use crate::support::world::World;

on_both! {
    a_changed_row_holds_releases_and_the_alarm_names_the_row_and_not_the_value,
    a_changed_document_holds_releases_and_a_file_that_nobody_refers_to_does_not,
    what_is_searched_by_is_never_told,
    the_log_alone_is_verified_where_the_settings_say_so,
}

fn a_changed_row_holds_releases_and_the_alarm_names_the_row_and_not_the_value(world: &World) {
    world.is_spoilt();
    let case = collected(world);
    let (jobs, memory) = jobs(world);
    jobs.run_once().unwrap();
    assert_eq!(verified(world), ["true"]);
    let mut raw = world.raw();
    let was = raw.values("SELECT docket AS value FROM cases").remove(0);
    raw.must("UPDATE cases SET docket = 'MALLORY-7'");
    a_day_passes(world);
    jobs.run_once().unwrap();

    assert_eq!(verified(world), ["true", "false"]);
    assert_eq!(last_kinds(world, 2), ["log.verified", "alarm.raised"]);
    let place = format!("Table cases, row {}, column docket", case.id);
    assert_eq!(faults(world), [format!("{place}: it is not what the log tells. Nothing else differs.")]);
    assert_eq!(told(&memory), ["fay@writ.example", "gus@writ.example"]);
    let site = world.serves();
    for client in [site.browser_of(&world.fay()), site.browser_of(&world.gus())] {
        for page in ["/account", "/alarms"] {
            let source = client.gets(page).source();
            assert!(source.contains(&place) && source.contains("A verification found a fault"), "{source}");
        }
    }
    for text in [everything_kept(world), memory.mails().join("\n")] {
        assert!(!text.contains("MALLORY") && !text.contains(&was), "a value is told: {text}");
    }
    world.anna().releases(&case).refused_as("log_in_alarm");

    // The same the next day raises nothing new; where another place differs too, it is another alarm.
    a_day_passes(world);
    jobs.run_once().unwrap();
    assert_eq!((verified(world).len(), alarms(world)), (3, 1));
    raw.must("UPDATE cases SET country = 'XX'");
    a_day_passes(world);
    jobs.run_once().unwrap();
    assert_eq!(alarms(world), 2);
    assert!(faults(world)[1].ends_with("1 more place differs."), "{:?}", faults(world));
    raw.must(&format!("UPDATE cases SET docket = '{was}', country = 'US'"));
    a_day_passes(world);
    jobs.run_once().unwrap();
    assert_eq!(verified(world).last().unwrap(), "true");
}

fn a_changed_document_holds_releases_and_a_file_that_nobody_refers_to_does_not(world: &World) {
    world.is_spoilt();
    let case = collected(world);
    let case = world.ben().attaches(&case, DocumentKind::Evidence, "note.txt", b"The officer was put through.").done();
    let id = world.raw().values("SELECT CAST(id AS text) AS value FROM documents WHERE kind = 'evidence'").remove(0);
    let file = document(world, &id);
    fs::write(document(world, &uuid::Uuid::from_u128(7).to_string()), b"left behind").unwrap();
    assert!(verify_if_due(&world.ctx, TimeDelta::hours(24)).unwrap());
    assert_eq!(verified(world), ["true"], "an act that was cut short leaves such a file");
    let was = fs::read(&file).unwrap();
    let mut changed = was.clone();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(&file, changed).unwrap();
    a_day_passes(world);
    assert!(verify_if_due(&world.ctx, TimeDelta::hours(24)).unwrap());
    fs::remove_file(&file).unwrap();
    a_day_passes(world);
    assert!(verify_if_due(&world.ctx, TimeDelta::hours(24)).unwrap());
    let said = ["its file does not hold the bytes that arrived", "its file is gone"];
    assert_eq!(faults(world), said.map(|says| format!("Document {id}: {says}. Nothing else differs.")));
    assert_eq!(verified(world), ["true", "false", "false"]);
    world.anna().releases(&case).refused_as("log_in_alarm");
    fs::write(&file, was).unwrap();
    a_day_passes(world);
    assert!(verify_if_due(&world.ctx, TimeDelta::hours(24)).unwrap());
    assert_eq!(verified(world).last().unwrap(), "true");
}

fn what_is_searched_by_is_never_told(world: &World) {
    world.is_spoilt();
    let id = collected(world).id;
    let mut raw = world.raw();
    raw.must("UPDATE search_words SET word = 'mallory' WHERE word = (SELECT min(word) FROM search_words)");
    raw.must("UPDATE search_keys SET key = 'mallory@example.org' WHERE key = (SELECT min(key) FROM search_keys)");
    assert!(verify_if_due(&world.ctx, TimeDelta::hours(24)).unwrap());
    let [fault] = &faults(world)[..] else { panic!("one alarm") };
    let row = format!("Table search_words, a row with case_id {id}: it is ");
    assert!(fault.starts_with(&row) && fault.ends_with("3 more places differ."), "{fault}");
    let kept = everything_kept(world);
    assert!(!kept.contains("mallory") && !kept.contains('@'), "{kept}");
}

fn the_log_alone_is_verified_where_the_settings_say_so(world: &World) {
    world.is_spoilt();
    collected(world);
    let mut raw = world.raw();
    raw.must("UPDATE cases SET country = 'XX'");
    let shallow = Ctx { verifies_everything: false, ..world.ctx.clone() };
    assert!(verify_if_due(&shallow, TimeDelta::hours(24)).unwrap());
    assert_eq!(verified(world), ["true"]);
    raw.must("UPDATE cases SET country = 'US'");
}

// ── how ──────────────────────────────────────────────────────────────────────────

fn a_day_passes(world: &World) {
    world.minutes_pass(25 * 60);
}

/// The file of a document.
fn document(world: &World, id: &str) -> PathBuf {
    world.folder.path().join("documents").join(id)
}

/// What the alarms say, the oldest first.
fn faults(world: &World) -> Vec<String> {
    world.raw().values("SELECT fault AS value FROM alarms ORDER BY raised_at, id")
}

/// All that is kept of verifications and alarms, the log's word on them included.
fn everything_kept(world: &World) -> String {
    let mut raw = world.raw();
    let mut all = raw.values("SELECT once || ' ' || place || ' ' || fault AS value FROM alarms");
    all.extend(raw.values("SELECT fault AS value FROM verifications"));
    let is_about = |kind: &str| kind.starts_with("alarm") || kind == "log.verified";
    all.extend(world.log().into_iter().filter(|row| is_about(&row.kind)).map(|row| row.process));
    all.join("\n")
}
