//! SIGKILL in the middle of a backup, of a restore, of a change of the installation's key or of the log's, of signing a
//! checkpoint: afterwards it is done, or cleanly not done. A few times in every run, 50 in `tests/run long`; `WRIT_TEST_BACKUP_KILLS` says how often.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use writ::domain::document::DocumentKind;

use super::{Operator, by_the_clock};
use crate::support::chance::Chance;
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::raw::{Raw, nobody_is_left};
use crate::support::server::{Server, WRIT};
use crate::support::until::times;
use crate::support::world::World;

by_the_clock! {
    a_backup_that_is_killed_is_whole_or_not_there,
    a_restore_that_is_killed_is_done_or_recognised_as_not_done,
    a_change_of_the_installations_key_that_is_killed_is_done_or_not_done,
    a_checkpoint_that_is_killed_is_signed_or_not_there,
    a_change_of_the_logs_key_that_is_killed_is_done_or_was_never_begun,
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
    // Killed when half its mark was written: it had not begun.
    other = operator.elsewhere();
    let documents = other.folder().join("documents");
    fs::create_dir_all(&documents).unwrap();
    fs::write(documents.join("restore-under-way.part"), "A restore beg").unwrap();
    other.does(&other.restore(&file));
    assert_eq!(other.leftovers(), Vec::<String>::new());
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

/// How many rows a condition finds.
fn count(operator: &Operator, rows: &str) -> usize {
    let mut raw = Raw::open(&operator.place.url);
    raw.values(&format!("SELECT CAST(count(*) AS text) AS value FROM {rows}")).remove(0).parse().unwrap()
}

/// Signs the log, keeps the note elsewhere, and holds the log against it.
fn signs_once_more(operator: &Operator, log_key: &Path) {
    let note = operator.folder().join("kept.txt");
    fs::write(&note, operator.does(&["audit", "checkpoint"])).unwrap();
    let args = ["audit", "verify", "--checkpoint", note.to_str().unwrap(), "--log-key", log_key.to_str().unwrap()];
    let said = operator.does(&args);
    assert!(said.contains("It goes on from the checkpoint"), "{said}");
}

fn a_checkpoint_that_is_killed_is_signed_or_not_there(world: World) {
    let operator = Operator::of(world);
    let mut chance = Chance::of_this_run("killed checkpoints");
    operator.does(&["audit", "rotate-key"]);
    let kept = operator.folder().join("kept.pub");
    fs::copy(operator.folder().join("keys/log.pub"), &kept).unwrap();
    let whole = took(|| operator.does(&["audit", "checkpoint"]));
    let (mut last, mut signed, mut undone) = (count(&operator, "log_checkpoint"), 0, 0);
    for _ in 0..kills() {
        let ended = killed(operator.command(&["audit", "checkpoint"]), whole.mul_f64(1.2), &mut chance);
        nobody_is_left(&operator.place.url);
        let now = count(&operator, "log_checkpoint");
        assert!(now == last + 1 || (now == last && !ended), "{now} checkpoints, {last} before");
        // There is one, and the entry that tells of it, or neither.
        assert_eq!(count(&operator, "log_entry WHERE kind = 'checkpoint.signed'"), now);
        let said = operator.does(&["audit", "verify"]);
        assert!(said.contains(&format!("{now} signed checkpoints agree")), "{said}");
        (signed, undone) = (signed + now - last, undone + usize::from(now == last));
        last = now;
    }
    println!("checkpoints killed: {signed} signed, {undone} not");
    signs_once_more(&operator, &kept);
    assert_eq!(operator.leftovers(), Vec::<String>::new());
    operator.place.enters().ends_well();
}

fn a_change_of_the_logs_key_that_is_killed_is_done_or_was_never_begun(world: World) {
    let operator = Operator::of(world);
    let mut chance = Chance::of_this_run("killed changes of the log's key");
    let whole = took(|| operator.does(&["audit", "rotate-key"]));
    let keys = operator.folder().join("keys");
    let kept = operator.folder().join("kept.pub");
    fs::copy(keys.join("log.pub"), &kept).unwrap();
    let handovers = || count(&operator, "log_entry WHERE kind = 'key.handed_over'");
    let (mut last, mut done, mut undone) = (handovers(), 0, 0);
    for _ in 0..kills() {
        let before = fs::read(keys.join("log.key")).unwrap();
        let ended = killed(operator.command(&["audit", "rotate-key"]), whole.mul_f64(1.2), &mut chance);
        nobody_is_left(&operator.place.url);
        let now = handovers();
        assert!(now == last + 1 || (now == last && !ended), "{now} handovers, {last} before");
        // Whoever opens the register next brings the folder of keys up to what the log says.
        assert!(operator.does(&["audit", "verify"]).contains("The log is sound"));
        assert_eq!(fs::read_to_string(keys.join("log.pub")).unwrap().lines().count(), now + 1);
        let is_the_one_before = fs::read(keys.join("log.key")).unwrap() == before;
        assert_eq!(is_the_one_before, now == last, "the key that signs is not the one the log names");
        assert!(now == last || !keys.join("log.key.next").exists(), "what was done is half tidied");
        (done, undone) = (done + now - last, undone + usize::from(now == last));
        last = now;
        // The next checkpoint is signed, and whoever has the keys from the beginning can check it.
        signs_once_more(&operator, &kept);
    }
    println!("changes of the log's key killed: {done} done, {undone} never begun");
    operator.does(&["audit", "rotate-key"]);
    assert!(!keys.join("log.key.next").exists());
    assert_eq!(operator.leftovers(), Vec::<String>::new());
    signs_once_more(&operator, &kept);
    drop(Server::start(&operator.settings));
    operator.place.enters().ends_well();
}
