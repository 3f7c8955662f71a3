//! Others watch the log: they are mailed its checkpoints, sign that it only grew, and everybody sees what they signed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use writ::actions::sign_checkpoint::sign_checkpoint;
use writ::actions::witnesses::due_for;
use writ::audit::witness::Witness;
use writ::audit::{Checkpoint, SigningKey};
use writ::domain::mail::MailFault;
use writ::domain::staff::Actor;
use writ::jobs::{Checkpoints, Jobs};
use writ::mail::{Mailer, Memory};

use crate::support::on_both;
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::server::WRIT;
use crate::support::world::{LOG_KEY, ORIGIN, World, witness};

on_both! {
    another_writ_watches_the_log_and_everybody_sees_what_it_signed,
    a_witness_signs_nothing_that_speaks_against_what_it_saw,
    each_new_checkpoint_is_mailed_once_to_every_witness,
    what_no_witness_signed_is_not_taken_in,
}

const ADDRESS: &str = "watch@elsewhere.example";

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn keep(world: &World, name: &str, text: &str) -> PathBuf {
    let file = world.folder.path().join(name);
    fs::write(&file, text).unwrap();
    file
}

fn opens_a_case_and_signs(world: &World) -> u64 {
    world.anna().opens(subpoena().asking("account/registration")).done();
    let note = sign_checkpoint(&world.ctx, Actor::System("test")).done();
    Checkpoint::read(&note).unwrap().size
}

/// The folder of the witness that this register accepts.
fn folder_of_the_witness(world: &World) -> PathBuf {
    let folder = world.folder.path().join("witness");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("witness.key"), format!("witness.example/w1\n{}\n", hex::encode([11; 32]))).unwrap();
    folder
}

fn signs(world: &World, folder: &Path, request: &str) -> Output {
    let key = SigningKey::from_seed(ORIGIN, &LOG_KEY).unwrap();
    let (key, request) = (keep(world, "log.pub", &key.verifier().to_string()), keep(world, "asked.txt", request));
    let mut command = Command::new(WRIT);
    command.args(["witness", "sign", "--folder"]).arg(folder).arg("--log-key").arg(key).arg(request).output().unwrap()
}

fn another_writ_watches_the_log_and_everybody_sees_what_it_signed(world: &World) {
    let (folder, site) = (folder_of_the_witness(world), world.serves());
    let fay = site.browser_of(&world.fay());
    let first = opens_a_case_and_signs(world);
    fay.gets("/log").shows("Checkpoints");
    fay.gets("/log/checkpoints").shows("no witness");

    // The first time a checkpoint alone is enough; it comes back through the desk.
    let note = String::from_utf8(fay.gets(&format!("/log/checkpoints/{first}")).body).unwrap();
    let signed = signs(world, &folder, &note);
    assert!(signed.status.success(), "{}", said(&signed));
    let signed = String::from_utf8(signed.stdout).unwrap();
    let typed = signed.trim_end().replace('\n', "\r\n");
    let taken = fay.fills("/log/checkpoints", "/log/checkpoints", &[("note", &typed)]);
    assert_eq!(taken.status, 303);
    fay.gets("/log/checkpoints").shows("witness.example/w1");
    assert_eq!(fay.gets(&format!("/log/checkpoints/{first}")).body, signed.as_bytes());

    // Later the log proves that it goes on, and the operator takes it in at the console. Twice is once.
    let second = opens_a_case_and_signs(world);
    let signed = signs(world, &folder, &due_after(world, first));
    assert!(signed.status.success(), "{}", said(&signed));
    let signed = keep(world, "signed.txt", &String::from_utf8(signed.stdout).unwrap());
    for says in ["witness.example/w1 saw this checkpoint", "in the log already"] {
        let mut command = Command::new(WRIT);
        command.args(["audit", "cosigned", "--config"]).arg(world.settles()).arg(&signed);
        let accepted = format!("[\"{}\"]", witness().verifier());
        let taken = command.env("WRIT__CHECKPOINTS__WITNESSES", accepted).output().unwrap();
        assert!(taken.status.success() && said(&taken).contains(says), "{}", said(&taken));
    }
    let kept = world.log().into_iter().filter(|row| row.kind == "checkpoint.cosigned").count();
    assert_eq!(kept, 2);

    // Whoever gets a bundle sees it too, and needs to trust neither the register nor its operator.
    let bundle = world.folder.path().join("log.bundle");
    assert!(world.commands(&["audit", "export", "--out", bundle.to_str().unwrap()]).status.success());
    let key = world.folder.path().join("log.pub");
    let other = Witness::from_seed("witness.example/w2", &[12; 32]).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_writ-verify"));
    command.arg(&bundle).arg("--key").arg(key).arg("--checkpoint").arg(&signed);
    for witness in [witness().verifier(), other.verifier()] {
        command.args(["--witness", &witness.to_string()]);
    }
    let checked = command.output().unwrap();
    assert!(checked.status.success(), "{}", said(&checked));
    assert!(said(&checked).contains(&format!("witness.example/w1 saw {second} entries")), "{}", said(&checked));
    assert!(said(&checked).contains("witness.example/w2 signed no checkpoint"), "{}", said(&checked));
}

/// What a witness is asked who saw so many entries.
fn due_after(world: &World, seen: u64) -> String {
    writ::actions::witnesses::sent_to(&world.ctx, ADDRESS, seen).done();
    due_for(&world.ctx, ADDRESS).done().unwrap().1.to_string()
}

fn a_witness_signs_nothing_that_speaks_against_what_it_saw(world: &World) {
    let folder = folder_of_the_witness(world);
    let first = opens_a_case_and_signs(world);
    let old = due_for(&world.ctx, ADDRESS).done().unwrap().1;
    let second = opens_a_case_and_signs(world);
    let new = due_after(world, first);

    let unseen = signs(world, &folder, &new);
    assert_eq!(unseen.status.code(), Some(1), "{}", said(&unseen));
    assert!(said(&unseen).contains(&format!("goes on from {first} entries, but what was seen last are 0")));
    assert!(signs(world, &folder, &old.to_string()).status.success());
    assert!(signs(world, &folder, &new).status.success());
    assert!(signs(world, &folder, &new).status.success(), "asked again, it signs again");

    let older = signs(world, &folder, &old.to_string());
    assert_eq!(older.status.code(), Some(2), "{}", said(&older));
    assert!(said(&older).contains("the log was cut back"), "{}", said(&older));
    let key = SigningKey::from_seed(ORIGIN, &LOG_KEY).unwrap();
    for size in [second, second + 5] {
        let request = format!("old {second}\n\n{}", key.sign(ORIGIN, size, &[9; 32]).unwrap());
        let forked = signs(world, &folder, &request);
        assert_eq!(forked.status.code(), Some(2), "{}", said(&forked));
        assert!(said(&forked).contains("was rewritten") && !said(&forked).contains("— witness"), "{}", said(&forked));
    }
    let stranger = SigningKey::from_seed(ORIGIN, &[8; 32]).unwrap().sign(ORIGIN, second, &[9; 32]).unwrap();
    assert_eq!(signs(world, &folder, &stranger).status.code(), Some(1));

    // A folder is one witness.
    let make = |folder: &Path| {
        let mut command = Command::new(WRIT);
        command.args(["witness", "make", "--name", "watch.example/w", "--folder"]).arg(folder).output().unwrap()
    };
    assert!(!make(&folder).status.success());
    let made = make(&world.folder.path().join("another"));
    assert!(made.status.success() && said(&made).starts_with("watch.example/w+"), "{}", said(&made));
}

fn each_new_checkpoint_is_mailed_once_to_every_witness(world: &World) {
    let memory = Arc::new(Memory::default());
    let mailer = Mailer::to_memory("Writ <writ@writ.example>", memory.clone()).unwrap();
    let checkpoints =
        Checkpoints { mail_to: vec![ADDRESS.to_owned(), "audit@example.org".to_owned()], ..Checkpoints::default() };
    let jobs = Jobs { checkpoints, ..Jobs::new(world.ctx.clone(), mailer) };
    let mails = || -> Vec<String> {
        memory.mails().into_iter().filter(|mail| mail.contains("Subject: Checkpoint over")).collect()
    };
    jobs.run_once().unwrap();
    assert!(mails().is_empty(), "nothing is signed yet");
    let first = opens_a_case_and_signs(world);
    // The mail server is away; the next round brings it.
    memory.fails_with(Some(MailFault::Unreachable));
    jobs.run_once().unwrap();
    memory.fails_with(None);
    jobs.run_once().unwrap();
    jobs.run_once().unwrap();
    let sent = mails();
    assert_eq!(sent.len(), 2);
    for (mail, to) in sent.iter().zip([ADDRESS, "audit@example.org"]) {
        assert!(mail.contains(&format!("To: {to}")) && mail.contains(&format!("over {first} entries")), "{mail}");
        assert!(mail.contains(&format!("checkpoint-{first:012}.txt")) && mail.contains("add-checkpoint.txt"), "{mail}");
        assert!(!mail.contains("Casey") && !mail.contains("2026-0"), "nothing of any case: {mail}");
    }
    opens_a_case_and_signs(world);
    let second = opens_a_case_and_signs(world);
    jobs.run_once().unwrap();
    let sent = mails();
    assert_eq!(sent.len(), 4, "the last one alone: its proof begins at the one that was sent before");
    assert!(
        sent[2].contains(&format!("over {second} entries")) && sent[2].contains(&format!("covered {first} entries"))
    );
    let failed = "job_runs_total{job=\"witnesses\",outcome=\"failed\"} 1";
    assert!(world.ctx.meters().text().unwrap().contains(failed));
}

fn what_no_witness_signed_is_not_taken_in(world: &World) {
    let size = opens_a_case_and_signs(world);
    let site = world.serves();
    let fay = site.browser_of(&world.fay());
    let note = String::from_utf8(fay.gets(&format!("/log/checkpoints/{size}")).body).unwrap();
    let root = Checkpoint::read(&note).unwrap().root;
    let key = SigningKey::from_seed(ORIGIN, &LOG_KEY).unwrap();
    let seen_by = |witness: &Witness, note: &str| format!("{note}{}", witness.cosign(note, 1_800_000_000).unwrap());
    let other = Witness::from_seed("witness.example/w2", &[12; 32]).unwrap();
    let forged = Witness::from_seed("witness.example/w1", &[13; 32]).unwrap();
    let another = key.sign(ORIGIN, size, &[9; 32]).unwrap();
    let line = witness().cosign(&another, 1_800_000_000).unwrap();
    for (text, says) in [
        ("seen!".to_owned(), "That is no checkpoint"),
        (note.clone(), "by a witness that is accepted here"),
        (seen_by(&other, &note), "by a witness that is accepted here"),
        (seen_by(&forged, &note), "by a witness that is accepted here"),
        (format!("{note}{line}"), "is false"),
        (seen_by(&witness(), &another), "the log was rewritten since"),
        (seen_by(&witness(), &key.sign(ORIGIN, size + 1, &root).unwrap()), "signed no checkpoint over"),
    ] {
        let again = fay.fills("/log/checkpoints", "/log/checkpoints", &[("note", &text)]);
        assert_eq!(again.status, 422, "{says}");
        again.shows(says);
        again.shows(text.lines().next().unwrap());
    }
    assert!(world.log().iter().all(|row| row.kind != "checkpoint.cosigned"));
}
