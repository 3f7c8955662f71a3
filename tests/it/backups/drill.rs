//! The restore drill, and what is refused.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use secrecy::ExposeSecret;
use writ::domain::document::DocumentKind;

use super::{Operator, by_the_clock};
use crate::crash::client::Worker;
use crate::crash::office::{Office, Told};
use crate::crash::promises::Look;
use crate::support::chance::Chance;
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::server::Server;
use crate::support::until::until;
use crate::support::world::{World, password_of};

by_the_clock! {
    a_backup_made_while_people_work_is_a_whole_register_elsewhere,
    a_backup_that_was_changed_is_refused_and_leaves_nothing,
    a_register_restored_from_an_older_backup_says_what_is_missing,
    what_cannot_be_backed_up_or_restored_is_said_in_one_sentence,
}

const PEOPLE: [&str; 5] = ["anna", "ben", "carla", "dan", "emil"];

fn a_backup_made_while_people_work_is_a_whole_register_elsewhere(world: World) {
    let office = Office::of(&world, &PEOPLE);
    let mut chance = Chance::of_this_run("drill");
    let operator = Operator::of(world);
    let server = Server::start(&operator.settings);
    let mut workers: Vec<Worker<'_>> = (0..4).map(|n| Worker::new(n, chance.branch(), &office, None)).collect();
    let (before, done, is_over) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let file = operator.folder().join("whole.backup");
    std::thread::scope(|scope| {
        for worker in &mut workers {
            let (before, site) = (&before, &server.site);
            scope.spawn(move || worker.works(site, before, || before.load(Ordering::SeqCst) >= 120).unwrap());
        }
    });
    // What was done by now must be in it. What is done while it is made may be.
    let told: Vec<Told> = workers.iter_mut().flat_map(|worker| worker.told.drain(..)).collect();
    let made = std::thread::scope(|scope| {
        for worker in &mut workers {
            let (done, is_over, site) = (&done, &is_over, &server.site);
            scope.spawn(move || worker.works(site, done, || is_over.load(Ordering::SeqCst)).unwrap());
        }
        until("people are at work", || done.load(Ordering::SeqCst) > 4);
        let made = operator.runs(&operator.backup(&file));
        let at_its_end = done.load(Ordering::SeqCst);
        until("people went on", || done.load(Ordering::SeqCst) > at_its_end);
        is_over.store(true, Ordering::SeqCst);
        made
    });
    let said = String::from_utf8_lossy(&made.stdout).into_owned() + &String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success() && said.contains("It holds the folder of keys"), "{said}");
    drop(server);
    assert_eq!(operator.leftovers(), Vec::<String>::new());

    let other = operator.elsewhere();
    let said = other.does(&other.restore(&file));
    assert!(said.contains("which verify") && said.contains("there and open"), "{said}");
    assert_eq!(other.leftovers(), Vec::<String>::new());
    let server = Server::start(&other.settings);
    // Anna signs in, and sees a case and its paper.
    let anna = server.site.browser_with("anna", password_of("anna").expose_secret());
    let case = told.iter().find_map(|told| match told {
        Told::Act { case, .. } => Some(case.clone()),
        _ => None,
    });
    let page = anna.gets(&format!("/cases/{}", case.unwrap()));
    assert_eq!(page.status, 200);
    let source = anna.gets("/queue").source();
    assert!(source.contains("/cases/2026-"), "{source}");
    // Life goes on there.
    let mut worker = Worker::new(9, chance.branch(), &office, None);
    let more = AtomicUsize::new(0);
    worker.works(&server.site, &more, || more.load(Ordering::SeqCst) >= 20).unwrap();
    drop(server);
    assert!(other.does(&["audit", "verify"]).contains("The log is sound"));
    let world = other.place.enters();
    Look::new().at(&world, &told);
    let log = world.log();
    let restored = log.iter().find(|row| row.kind == "register.restored").unwrap();
    assert_eq!(
        (restored.actor.as_str(), log.iter().filter(|row| row.kind == "register.restored").count()),
        ("system:console", 1)
    );
    assert!(restored.process.contains(&format!("\"size\":{}", restored.seq)), "{}", restored.process);
    world.ends_well();
    // The log of the first tells of the copy.
    let world = operator.place.enters();
    let made = world.log().into_iter().find(|row| row.kind == "backup.made").unwrap();
    assert!(made.process.contains("\"has_keys\":true"), "{}", made.process);
    world.ends_well();
}

fn some_cases(world: &World) {
    let (anna, ben) = (world.anna(), world.ben());
    for number in 0..3_u32 {
        let paper = subpoena().asking("account/registration");
        let case = anna.opens(paper).done();
        let bytes: Vec<u8> =
            (0..150_000_u32).map(|byte| (byte.wrapping_mul(2_654_435_761 + number) >> 13).to_be_bytes()[3]).collect();
        let case = ben.attaches(&case, DocumentKind::Evidence, "note.bin", &bytes).done();
        anna.assesses(&ben.verifies(&case).done()).done();
    }
}

fn a_backup_that_was_changed_is_refused_and_leaves_nothing(world: World) {
    some_cases(&world);
    let mut chance = Chance::of_this_run("changed backups");
    let operator = Operator::of(world);
    let file = operator.folder().join("whole.backup");
    operator.does(&operator.backup(&file));
    let (whole, changed) = (fs::read(&file).unwrap(), operator.folder().join("changed.backup"));
    let inspect = |more: &[&str]| {
        let args = ["backup", "inspect", changed.to_str().unwrap(), "--key-file", operator.key.to_str().unwrap()];
        let output = std::process::Command::new(crate::support::server::WRIT).args(args).args(more).output().unwrap();
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
        )
    };
    fs::write(&changed, &whole).unwrap();
    let (is_whole, said) = inspect(&["--whole"]);
    assert!(is_whole && said.contains("It is whole: 6 documents") && said.contains("search_words"), "{said}");
    for number in 0..40 {
        let mut bytes = whole.clone();
        let place = if number < 8 { chance.below(300) } else { chance.below(bytes.len()) };
        bytes[place] ^= 1 << chance.below(8);
        fs::write(&changed, &bytes).unwrap();
        let (is_whole, said) = inspect(&["--whole"]);
        let is_told = ["damaged", "no backup of Writ", "does not open", "newer Writ", "opens with"]
            .iter()
            .any(|text| said.contains(text));
        assert!(!is_whole && is_told, "byte {place}: {said}");
        if number % 10 == 0 {
            let other = operator.elsewhere();
            let said = other.is_refused(&other.restore(&changed));
            assert!(!said.is_empty() && other.leftovers().is_empty(), "{said} {:?}", other.leftovers());
            let documents = fs::read_dir(other.folder().join("documents")).into_iter().flatten();
            assert_eq!(documents.count(), 0);
            if other.place.url.starts_with("sqlite") {
                assert!(!other.folder().join("register.sqlite").exists());
            }
            assert!(other.is_refused(&["serve"]).contains("writ"), "nothing is served");
        }
    }
    // A file that was cut, and another key.
    fs::write(&changed, &whole[..whole.len() - 1]).unwrap();
    assert!(!inspect(&["--whole"]).0);
    let other = operator.elsewhere();
    fs::write(&other.key, "4d".repeat(32)).unwrap();
    let said = other.is_refused(&other.restore(&file));
    assert!(said.contains("this key does not open this backup"), "{said}");
}

fn a_register_restored_from_an_older_backup_says_what_is_missing(world: World) {
    let case = world.anna().opens(subpoena().asking("account/registration")).done();
    let operator = Operator::of(world);
    let shelf = operator.folder().join("checkpoints");
    operator.adds_settings(&format!("[checkpoints]\nfolder = \"{}\"\n", shelf.display()));
    operator.does(&["jobs", "run-once"]);
    let file = operator.folder().join("older.backup");
    let words = operator.folder().join("words");
    fs::write(&words, "correct horse battery staple\n").unwrap();
    let words = ["--passphrase-file", words.to_str().unwrap()];
    operator.does(&[&["backup", "--to", file.to_str().unwrap()], &words[..]].concat());
    let world = operator.place.enters();
    let size = world.verified().size;
    world.ben().verifies(&case).done();
    drop(world);
    let kept = operator.folder().join("kept.txt");
    let note = operator.does(&["audit", "checkpoint"]);
    fs::write(&kept, &note).unwrap();
    operator.does(&["jobs", "run-once"]);
    let newest: u64 = note.lines().nth(1).unwrap().parse().unwrap();

    // By a checkpoint that somebody kept, and by the folder of them.
    let other = operator.elsewhere();
    let from = ["restore", "--from", file.to_str().unwrap()];
    let said = other.does(&[&from[..], &words, &["--checkpoint", kept.to_str().unwrap()]].concat());
    let in_backup = size - 1;
    assert!(said.contains(&format!("{} ENTRIES ARE MISSING", newest - in_backup)), "{said}");
    let verified = other.runs(&["audit", "verify", "--checkpoint", kept.to_str().unwrap()]);
    assert_eq!(verified.status.code(), Some(2), "the gap is not hidden");

    let third = operator.elsewhere();
    third.adds_settings(&format!("[checkpoints]\nfolder = \"{}\"\n", shelf.display()));
    let said = third.does(&[&from[..], &words].concat());
    assert!(said.contains(&format!("{} ENTRIES ARE MISSING", newest - in_backup)), "{said}");
    let files = || fs::read_dir(&shelf).unwrap().count();
    let before = files();
    third.does(&["jobs", "run-once"]);
    assert_eq!(files(), before, "nothing new is signed over the gap");
    let world = third.place.enters();
    let restored = world.log().into_iter().find(|row| row.kind == "register.restored").unwrap();
    assert!(restored.process.contains(&format!("\"missing\":{}", newest - in_backup)), "{}", restored.process);
    world.ends_well();
}

fn what_cannot_be_backed_up_or_restored_is_said_in_one_sentence(world: World) {
    some_cases(&world);
    let operator = Operator::of(world);
    let file = operator.folder().join("whole.backup");
    operator.does(&operator.backup(&file));
    assert!(operator.is_refused(&operator.backup(&file)).contains("is there already"));
    let said = operator.is_refused(&operator.restore(&file));
    assert!(said.contains("restore into an empty place"), "{said}");
    // Only the register: its documents are elsewhere.
    let documents = operator.folder().join("documents");
    fs::rename(&documents, operator.folder().join("away")).unwrap();
    let said = operator.is_refused(&operator.restore(&file));
    assert!(said.contains("restore into an empty place") || said.contains("the database is not empty"), "{said}");
    fs::remove_dir_all(&documents).unwrap();
    fs::rename(operator.folder().join("away"), &documents).unwrap();
    // A document is missing: there is no whole backup.
    let lost = fs::read_dir(&documents).unwrap().next().unwrap().unwrap().path();
    let bytes = fs::read(&lost).unwrap();
    fs::remove_file(&lost).unwrap();
    let another = operator.folder().join("another.backup");
    let said = operator.is_refused(&operator.backup(&another));
    assert!(said.contains("missing from the folder of documents") && !another.exists(), "{said}");
    assert_eq!(operator.leftovers(), Vec::<String>::new());
    fs::write(&lost, bytes).unwrap();
    // A key beside those it would be kept with.
    let inside = operator.folder().join("keys/backup.key");
    fs::copy(&operator.key, &inside).unwrap();
    let said =
        operator.is_refused(&["backup", "--to", another.to_str().unwrap(), "--key-file", inside.to_str().unwrap()]);
    assert!(said.contains("lies in the folder of keys"), "{said}");
    fs::remove_file(&inside).unwrap();
    let said = operator.is_refused(&["backup", "--to", another.to_str().unwrap()]);
    assert!(said.contains("--key-file"), "{said}");
    // Without keys a copy of them is needed.
    operator.does(&[&operator.backup(&another)[..], &["--without-keys"]].concat());
    let other = operator.elsewhere();
    let said = other.is_refused(&other.restore(&another));
    assert!(said.contains("installation.key is missing"), "{said}");
    let keys = operator.folder().join("keys");
    other.does(&[&other.restore(&another)[..], &["--keys", keys.to_str().unwrap()]].concat());
    assert!(other.does(&["audit", "verify"]).contains("The log is sound"));
    // PostgreSQL's programs are looked for where the settings say.
    if !operator.place.url.starts_with("sqlite") {
        operator.adds_settings(&format!("[backup]\npostgres_tools = \"{}\"\n", operator.folder().display()));
        let third = operator.folder().join("third.backup");
        let said = operator.is_refused(&operator.backup(&third));
        assert!(said.contains("pg_dump was not found") && said.contains("backup.postgres_tools"), "{said}");
    }
}
