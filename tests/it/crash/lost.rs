//! Connections lost at the three moments that differ: while nobody uses them, in the middle of an act, and while an act
//! is being committed. On PostgreSQL only, whose connections can be lost; ended from inside, so that the moment is sure.

use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::world::World;

/// A function that ends its own connection, as a trigger `SAID` on a table.
fn ends_the_connection(world: &World, trigger: &str) {
    let mut raw = world.raw();
    raw.must(
        "CREATE OR REPLACE FUNCTION gone() RETURNS trigger AS \
         'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NEW; END' LANGUAGE plpgsql",
    );
    raw.must(trigger);
}

#[test]
fn connections_lost_while_nobody_used_them_are_replaced_and_nobody_notices() {
    let Some(world) = World::postgres() else { return };
    let site = world.serves();
    let anna = site.token_of(&world, &world.anna());
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    for number in 0..5 {
        let ended = "SELECT CAST(count(pg_terminate_backend(pid)) AS text) AS value FROM pg_stat_activity \
                     WHERE datname = current_database() AND pid <> pg_backend_pid()";
        assert_ne!(world.raw().values(ended), ["0"]);
        let said = format!("{{\"text\": \"After loss {number}.\"}}");
        let done = anna.calls(&format!("/api/v1/cases/{}/comments", case.reference), &said);
        assert_eq!(done.status, 200, "{}", done.source());
    }
    world.ends_well();
}

#[test]
fn a_connection_lost_in_the_middle_of_an_act_leaves_nothing_and_the_next_act_goes_on() {
    let Some(world) = World::postgres() else { return };
    let site = world.serves();
    let anna = site.token_of(&world, &world.anna());
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let at = format!("/api/v1/cases/{}/comments", case.reference);
    ends_the_connection(&world, "CREATE TRIGGER gone BEFORE INSERT ON comments FOR EACH ROW EXECUTE FUNCTION gone()");
    let (answer, entries) = world.entries_of(|| anna.calls(&at, "{\"text\": \"Lost.\"}"));
    assert_eq!((answer.status, answer.code().as_str()), (503, "away"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(answer.problem()["detail"].as_str().unwrap().contains("Nothing was changed"));
    assert!(entries.is_empty(), "{entries:?}");
    world.raw().must("DROP TRIGGER gone ON comments");
    assert_eq!(anna.calls(&at, "{\"text\": \"Not lost.\"}").status, 200);
    world.ends_well();
}

#[test]
fn where_it_is_not_known_whether_an_act_was_done_that_is_said_and_its_bytes_stay() {
    let Some(world) = World::postgres() else { return };
    let site = world.serves();
    let anna = site.token_of(&world, &world.anna());
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let at = format!("/api/v1/cases/{}/documents", case.reference);
    let upload = || anna.uploads(&at, &[("kind", "evidence")], &[("file", "note.txt", b"Rang the switchboard.")]);
    let files = || std::fs::read_dir(world.folder.path().join("documents")).unwrap().count();
    let before = files();
    ends_the_connection(
        &world,
        "CREATE CONSTRAINT TRIGGER gone AFTER INSERT ON documents DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION gone()",
    );
    let answer = upload();
    assert_eq!((answer.status, answer.code().as_str()), (503, "in_doubt"));
    // A program that tries again by itself would do it twice.
    assert_eq!(answer.header("retry-after"), None);
    assert!(!answer.problem()["detail"].as_str().unwrap().contains("Nothing was changed"));
    assert_eq!(files(), before + 1, "the bytes of an act that may have been done are gone");
    world.raw().must("DROP TRIGGER gone ON documents");
    assert_eq!(upload().status, 200);
    world.ends_well();
}

#[test]
fn an_upload_is_not_disturbed_by_another_program_that_opens_the_same_register() {
    let world = World::by_the_clock(None);
    let to = writ::actions::receive_document::for_new_case(&world.ctx, &world.anna().who).unwrap();
    let mut upload = writ::actions::receive_document::begin(&world.ctx, &to).unwrap();
    upload.write(b"the first half, ").unwrap();
    let left = world.folder.path().join("documents/left-by-a-crash.part");
    std::fs::write(&left, b"half a docu").unwrap();
    // A second node starts, or somebody verifies the log: what a crash left is removed, what is being written is not.
    drop(world.enters_beside());
    assert!(!left.exists());
    upload.write(b"and the second").unwrap();
    upload.finish().unwrap();
}
