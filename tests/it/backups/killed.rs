//! SIGKILL in the middle of a backup, of a restore, of a change of the installation's key: afterwards it is done, or cleanly
//! not done. A few times in every run, 50 in `tests/run long`; `WRIT_TEST_BACKUP_KILLS` says how often.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use writ::domain::document::DocumentKind;

use super::{Operator, by_the_clock};
use crate::support::chance::Chance;
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::raw::Raw;
use crate::support::server::{Server, WRIT};
use crate::support::until::{times, until};
use crate::support::world::World;

by_the_clock! {
    a_backup_that_is_killed_is_whole_or_not_there,
    a_restore_that_is_killed_is_done_or_recognised_as_not_done,
    a_change_of_the_installations_key_that_is_killed_is_done_or_not_done,
}

fn kills() -> usize {
    times("WRIT_TEST_BACKUP_KILLS", 3, 50)
}

/// Enough for a kill to fall into the middle of something.
fn a_busy_month(world: &World) {
    let (anna, ben) = (world.anna(), world.ben());
    for number in 0..12_u32 {
        let case = anna.opens(subpoena().asking("account/registration").asking("account/sign_in_access")).done();
        let bytes: Vec<u8> =
            (0..200_000_u32).map(|byte| (byte.wrapping_mul(2_654_435_761 + number) >> 13).to_be_bytes()[3]).collect();
        let case = ben.attaches(&case, DocumentKind::Evidence, "note.bin", &bytes).done();
        anna.decides(&anna.assesses(&ben.verifies(&case).done()).done()).done();
    }
}

/// Runs a command and kills it after a moment of chance. Whether it had ended by itself.
fn killed(mut command: Command, within: Duration, chance: &mut Chance) -> bool {
    let micros = chance.next() % u64::try_from(within.as_micros()).unwrap();
    let mut child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_micros(micros) {
        if let Some(status) = child.try_wait().unwrap() {
            return status.success();
        }
        std::thread::park_timeout(Duration::from_millis(1));
    }
    let _ended_already = child.kill();
    child.wait().unwrap().success()
}

fn took<T>(act: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    let _done = act();
    begun.elapsed()
}

/// The database has heard that its client is dead, and let go.
fn nobody_is_left(url: &str) {
    let mut raw = Raw::open(url);
    if !raw.is_sqlite() {
        let others = "SELECT CAST(count(*) AS text) AS value FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        until("the database let go of the dead", || raw.values(others) == ["0"]);
    }
}

fn is_whole(file: &Path, key: &Path) -> bool {
    let args = ["backup", "inspect", "--whole", file.to_str().unwrap(), "--key-file", key.to_str().unwrap()];
    Command::new(WRIT).args(args).output().unwrap().status.success()
}

fn a_backup_that_is_killed_is_whole_or_not_there(world: World) {
    a_busy_month(&world);
    let operator = Operator::of(world);
    let mut chance = Chance::of_this_run("killed backups");
    let folder = operator.folder().join("backups");
    fs::create_dir(&folder).unwrap();
    let file = |name: &str| folder.join(format!("{name}.backup"));
    let whole = took(|| operator.does(&operator.backup(&file("first"))));
    let (mut done, mut undone) = (1, 0);
    for number in 0..kills() {
        let file = file(&number.to_string());
        let ended = killed(operator.command(&operator.backup(&file)), whole.mul_f64(1.2), &mut chance);
        assert!(!ended || file.exists());
        match file.exists() {
            true => {
                assert!(is_whole(&file, &operator.key), "{} is there and not whole", file.display());
                done += 1;
            }
            false => undone += 1,
        }
    }
    println!("backups killed: {done} done, {undone} not");
    nobody_is_left(&operator.place.url);
    // The next one sweeps away what the dead left, and the log knows of every whole one.
    operator.does(&operator.backup(&file("last")));
    assert_eq!(operator.leftovers(), Vec::<String>::new());
    let parts = fs::read_dir(&folder).unwrap().filter(|file| {
        let name = file.as_ref().unwrap().file_name().into_string().unwrap();
        name.ends_with(".part")
    });
    assert_eq!(parts.count(), 0, "half a backup is left");
    let world = operator.place.enters();
    let told = world.log().iter().filter(|row| row.kind == "backup.made").count();
    assert!(told > done && told <= done + undone + 1, "{told} entries, {done} backups");
    world.ends_well();
}

fn a_restore_that_is_killed_is_done_or_recognised_as_not_done(world: World) {
    a_busy_month(&world);
    let operator = Operator::of(world);
    let mut chance = Chance::of_this_run("killed restores");
    let file = operator.folder().join("whole.backup");
    operator.does(&operator.backup(&file));
    let mut other = operator.elsewhere();
    let whole = took(|| other.does(&other.restore(&file)));
    let (mut done, mut undone, mut before) = (0, 0, 0);
    other = operator.elsewhere();
    for _ in 0..kills() {
        let ended = killed(other.command(&other.restore(&file)), whole.mul_f64(1.2), &mut chance);
        nobody_is_left_if_there(&other);
        let verified = other.runs(&["audit", "verify"]);
        if verified.status.success() {
            assert_eq!(other.leftovers(), Vec::<String>::new());
            drop(Server::start(&other.settings));
            let world = other.place.enters();
            assert_eq!(world.log().iter().filter(|row| row.kind == "register.restored").count(), 1);
            world.ends_well();
            done += 1;
            other = operator.elsewhere();
            continue;
        }
        assert!(!ended, "a restore that ended well is no register");
        let said = other.is_refused(&["serve"]);
        match said.contains("cut short") {
            true => undone += 1,
            // Killed before it had begun: there is nothing at all.
            false => {
                assert!(
                    said.contains("there is no register") || said.contains("folder") || said.contains("schema"),
                    "{said}"
                );
                before += 1;
            }
        }
        // Now and then it is not tried again before the next kill.
        if chance.once_in(2) {
            other.does(&other.restore(&file));
            assert_eq!(other.leftovers(), Vec::<String>::new());
            assert!(other.does(&["audit", "verify"]).contains("The log is sound"));
            other = operator.elsewhere();
        }
    }
    println!("restores killed: {done} done, {undone} recognised as not done, {before} not begun");
}

fn nobody_is_left_if_there(operator: &Operator) {
    if !operator.place.url.starts_with("sqlite") {
        nobody_is_left(&operator.place.url);
    }
}

fn a_change_of_the_installations_key_that_is_killed_is_done_or_not_done(world: World) {
    a_busy_month(&world);
    let operator = Operator::of(world);
    let mut chance = Chance::of_this_run("killed changes of the key");
    let id = || {
        let said = operator.does(&["keys", "show"]);
        assert!(said.contains("It is the one this register is sealed under."), "{said}");
        said.split("public id is ").nth(1).unwrap()[..16].to_owned()
    };
    let whole = took(|| operator.does(&["keys", "rotate"]));
    let (mut last, mut changed, mut cut) = (id(), 1, 0);
    for number in 0..kills() {
        if number == kills() / 2 {
            let words = operator.folder().join("words");
            fs::write(&words, "correct horse battery staple\n").unwrap();
            operator.adds_settings(&format!("[keys]\npassphrase_file = \"{}\"\n", words.display()));
            operator.does(&["keys", "protect", "--with", "passphrase"]);
        }
        let ended = killed(operator.command(&["keys", "rotate"]), whole.mul_f64(1.2), &mut chance);
        nobody_is_left(&operator.place.url);
        let now = id();
        assert!(!ended || now != last);
        if now == last {
            cut += 1;
        } else {
            changed += 1;
        }
        last = now;
    }
    println!("changes of the key killed: {changed} done, {cut} not");
    drop(Server::start(&operator.settings));
    assert!(operator.does(&["audit", "verify"]).contains("The log is sound"));
    operator.does(&["keys", "rotate"]);
    assert_eq!(operator.leftovers(), Vec::<String>::new());
    let mut raw = Raw::open(&operator.place.url);
    let told =
        raw.values("SELECT CAST(count(*) AS text) AS value FROM log_entry WHERE kind = 'installation.key_rotated'");
    assert_eq!(told, [(changed + 1).to_string()]);
    // All documents open under the last key: a backup of it can be restored.
    let file = operator.folder().join("whole.backup");
    operator.does(&operator.backup(&file));
    let other = operator.elsewhere();
    other.adds_settings(&format!("[keys]\npassphrase_file = \"{}\"\n", operator.folder().join("words").display()));
    other.does(&other.restore(&file));
}
