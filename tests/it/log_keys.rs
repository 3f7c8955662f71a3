//! The key that signs the log is replaced: the old one vouches for the new one, and who has either checks what both signed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use writ::actions::sign_checkpoint::sign_checkpoint;
use writ::audit::SigningKey;
use writ::domain::staff::Actor;

use crate::support::on_both;
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::world::{LOG_KEY, ORIGIN, World};

on_both! {
    whoever_has_any_key_of_the_log_checks_what_all_of_them_signed,
    a_replacement_that_was_cut_off_is_done_or_was_never_begun,
    a_key_that_was_replaced_signs_nothing_any_more,
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Runs a command that must succeed, and gives what it wrote.
#[track_caller]
fn does(world: &World, args: &[&str]) -> String {
    let output = world.commands(args);
    assert!(output.status.success(), "{args:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn key_file(world: &World, name: &str) -> PathBuf {
    world.folder.path().join("keys").join(name)
}

fn keep(world: &World, name: &str, text: &str) -> PathBuf {
    let file = world.folder.path().join(name);
    fs::write(&file, text).unwrap();
    file
}

fn opens_a_case(world: &World) {
    world.anna().opens(subpoena().asking("account/registration")).done();
}

fn verifies(bundle: &Path, key: &Path, checkpoint: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_writ-verify"));
    command.arg(bundle).arg("--key").arg(key).arg("--checkpoint").arg(checkpoint).output().unwrap()
}

fn whoever_has_any_key_of_the_log_checks_what_all_of_them_signed(world: &World) {
    opens_a_case(world);
    let first = keep(world, "first.txt", &does(world, &["audit", "checkpoint"]));
    let oldest = format!("{}\n", SigningKey::from_seed(ORIGIN, &LOG_KEY).unwrap().verifier());
    let last_of_the_old = keep(world, "last.txt", &does(world, &["audit", "rotate-key"]));
    opens_a_case(world);
    // A server that runs signs with the new key, without being told.
    let second = keep(world, "second.txt", &sign_checkpoint(&world.ctx, Actor::System("test")).done());
    assert_eq!(world.ctx.log.keys.current().verifier().to_string(), newest(world));
    does(world, &["audit", "rotate-key"]);
    opens_a_case(world);
    let third = keep(world, "third.txt", &does(world, &["audit", "checkpoint"]));

    let published = fs::read_to_string(key_file(world, "log.pub")).unwrap();
    let lines: Vec<&str> = published.lines().collect();
    assert_eq!((lines.len(), format!("{}\n", lines[0])), (3, oldest.clone()), "{published}");
    assert!(lines[1].contains(" after ") && lines[2].contains(" after "), "{published}");
    let bare = lines[2].split(' ').next().unwrap();
    let trusted =
        [keep(world, "oldest.pub", &oldest), keep(world, "all.pub", &published), keep(world, "newest.pub", bare)];

    let (whole, none) = (world.folder.path().join("whole.bundle"), world.folder.path().join("none.bundle"));
    does(world, &["audit", "export", "--out", whole.to_str().unwrap()]);
    does(world, &["audit", "export", "--payloads", "none", "--out", none.to_str().unwrap()]);
    for key in &trusted {
        for kept in [&first, &last_of_the_old, &second, &third] {
            let log_key = ["--log-key", key.to_str().unwrap(), "--checkpoint", kept.to_str().unwrap()];
            let here = does(world, &[&["audit", "verify"], &log_key[..]].concat());
            assert!(here.contains("signed checkpoints agree"), "{here}");
            for bundle in [&whole, &none] {
                let output = verifies(bundle, key, kept);
                assert_eq!(output.status.code(), Some(0), "{}", said(&output));
            }
        }
    }
    let site = world.serves();
    let page = site.browser_of(&world.fay()).gets("/log/bundle");
    page.shows(bare);
    page.shows("oldest first");
}

fn newest(world: &World) -> String {
    let published = fs::read_to_string(key_file(world, "log.pub")).unwrap();
    published.lines().last().unwrap().split(' ').next().unwrap().to_owned()
}

fn a_key_that_was_replaced_signs_nothing_any_more(world: &World) {
    opens_a_case(world);
    let old = SigningKey::from_seed(ORIGIN, &LOG_KEY).unwrap();
    does(world, &["audit", "rotate-key"]);
    opens_a_case(world);
    does(world, &["audit", "checkpoint"]);
    // Whoever has the old key signs the log as it stands. The root is right, and still nobody takes it.
    let verified = world.verified();
    let forged = old.sign(ORIGIN, verified.size, &verified.root).unwrap();
    let forged = keep(world, "forged.txt", &forged);
    let refused = world.commands(&["audit", "verify", "--checkpoint", forged.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(said(&refused).contains("another had taken over"), "{}", said(&refused));

    // In place of the real one in the table it is found there.
    let mut raw = world.raw();
    raw.must(if raw.is_sqlite() {
        "DROP TRIGGER log_checkpoint_no_update"
    } else {
        "ALTER TABLE log_checkpoint DISABLE TRIGGER USER"
    });
    let last = format!("size = {}", verified.size);
    let real = raw.values(&format!("SELECT note AS value FROM log_checkpoint WHERE {last}")).remove(0);
    let mut lies = |note: &str| raw.must(&format!("UPDATE log_checkpoint SET note = '{note}' WHERE {last}"));
    assert_eq!(lies(&fs::read_to_string(&forged).unwrap()), 1);
    let found = world.commands(&["audit", "verify"]);
    assert_eq!(found.status.code(), Some(2), "{}", said(&found));
    assert!(said(&found).contains("another had taken over"), "{}", said(&found));
    lies(&real);
}

fn a_replacement_that_was_cut_off_is_done_or_was_never_begun(world: &World) {
    opens_a_case(world);
    let files = ["log.key", "log.pub", "log.key.next"].map(|name| key_file(world, name));
    let [key, public, next] = &files;
    does(world, &["audit", "checkpoint"]);

    // Cut off before its entry was written: it was never begun, and the next attempt takes its place.
    fs::write(next, hex::encode([8; 32])).unwrap();
    does(world, &["audit", "checkpoint"]);
    assert_eq!(fs::read_to_string(key).unwrap(), hex::encode(LOG_KEY));
    does(world, &["audit", "rotate-key"]);
    let (new, published) = (fs::read_to_string(key).unwrap(), fs::read_to_string(public).unwrap());
    assert!(!next.exists() && new != hex::encode([8; 32]));

    // Cut off after its entry was written: whoever opens the register next finishes it.
    fs::rename(key, next).unwrap();
    fs::write(key, hex::encode(LOG_KEY)).unwrap();
    fs::remove_file(public).unwrap();
    does(world, &["audit", "checkpoint"]);
    assert_eq!(fs::read_to_string(key).unwrap(), new);
    assert_eq!(fs::read_to_string(public).unwrap(), published);
    assert!(!next.exists());

    // Two at the same time are one after the other.
    let held = world.ctx.log.keys.begin().unwrap();
    let refused = world.commands(&["audit", "rotate-key"]);
    assert!(!refused.status.success() && said(&refused).contains("try again in a moment"), "{}", said(&refused));
    drop(held);

    // A folder of keys from before is told, and signs nothing.
    fs::write(key, hex::encode(LOG_KEY)).unwrap();
    let refused = world.commands(&["audit", "checkpoint"]);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(said(&refused).contains("where its newest copy is kept"), "{}", said(&refused));
    fs::write(key, new).unwrap();
    does(world, &["audit", "checkpoint"]);
}
