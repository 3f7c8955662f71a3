//! The installation's key: where it comes from, and changing it.

use std::fs;
use std::process::Command;

use secrecy::ExposeSecret;
use writ::domain::document::DocumentKind;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use writ::vault::Held;

use super::{Operator, by_the_clock};
use crate::support::papers::subpoena;
use crate::support::people::Acts;
use crate::support::server::{Server, WRIT};
use crate::support::world::{World, password_of};

by_the_clock! {
    the_installations_key_may_be_sealed_under_a_passphrase_or_come_from_a_command,
    the_installations_key_is_changed_under_a_running_server,
    of_two_who_change_a_key_at_once_one_is_told_to_wait,
    a_backup_is_refused_with_a_key_of_the_log_that_signs_no_more,
}

fn a_case(world: &World) -> String {
    let (anna, ben) = (world.anna(), world.ben());
    let case = anna.opens(subpoena().asking("account/registration")).done();
    let case = ben.attaches(&case, DocumentKind::Evidence, "note.txt", b"A note.").done();
    anna.assesses(&ben.verifies(&case).done()).done().reference.to_string()
}

fn the_installations_key_may_be_sealed_under_a_passphrase_or_come_from_a_command(world: World) {
    let case = a_case(&world);
    let operator = Operator::of(world);
    let keys = operator.folder().join("keys");
    let id = |said: String| said.split("public id is ").nth(1).unwrap()[..16].to_owned();
    let first = id(operator.does(&["keys", "show"]));
    assert!(operator.is_refused(&["keys", "protect", "--with", "passphrase"]).contains("there is no passphrase"));
    let words = operator.folder().join("words");
    fs::write(&words, "correct horse battery staple\n").unwrap();
    operator.adds_settings(&format!("[keys]\npassphrase_file = \"{}\"\n", words.display()));
    operator.does(&["keys", "protect", "--with", "passphrase"]);
    assert!(!keys.join("installation.key").exists() && keys.join("installation.key.sealed").exists());
    let said = operator.does(&["keys", "show"]);
    assert!(said.contains("under a passphrase") && id(said.clone()) == first, "{said}");
    drop(Server::start(&operator.settings));
    // Another passphrase is told as such.
    fs::write(&words, "another passphrase\n").unwrap();
    let said = operator.is_refused(&["serve"]);
    assert!(said.contains("the passphrase does not open installation.key.sealed"), "{said}");
    fs::write(&words, "correct horse battery staple\n").unwrap();
    // Changed, it is sealed under the same passphrase.
    operator.does(&["keys", "rotate"]);
    let second = id(operator.does(&["keys", "show"]));
    assert_ne!(first, second);
    assert!(operator.does(&["audit", "verify"]).contains("The log is sound"));
    // A backup of it needs the passphrase too.
    let file = operator.folder().join("sealed.backup");
    operator.does(&operator.backup(&file));
    let other = operator.elsewhere();
    let said = other.is_refused(&other.restore(&file));
    assert!(said.contains("sealed under a passphrase"), "{said}");
    other.adds_settings(&format!("[keys]\npassphrase_file = \"{}\"\n", words.display()));
    other.does(&other.restore(&file));

    // Out again, and from a command.
    operator.does(&["keys", "protect", "--with", "file"]);
    assert!(keys.join("installation.key").exists() && !keys.join("installation.key.sealed").exists());
    let elsewhere = operator.folder().join("key-elsewhere");
    fs::rename(keys.join("installation.key"), &elsewhere).unwrap();
    assert!(operator.is_refused(&["serve"]).contains("installation.key is missing"));
    let text = fs::read_to_string(&operator.settings).unwrap();
    let command =
        |line: &str| fs::write(&operator.settings, text.replace("[keys]\n", &format!("[keys]\n{line}\n"))).unwrap();
    command("installation_command = [\"echo\", \"no key\"]");
    let said = operator.is_refused(&["serve"]);
    assert!(said.contains("printed no key") && !said.contains("no key;\n"), "{said}");
    command("command_seconds = 1\ninstallation_command = [\"sleep\", \"60\"]");
    assert!(operator.is_refused(&["serve"]).contains("did not end within 1 seconds"));
    command("installation_command = [\"false\"]");
    assert!(operator.is_refused(&["serve"]).contains("false failed"));
    command(&format!("installation_command = [\"cat\", \"{}\"]", elsewhere.display()));
    assert!(operator.does(&["keys", "show"]).contains("comes from the command"));
    // Whoever keeps such a key changes it there, and Writ seals everything anew under the new one.
    assert!(operator.is_refused(&["keys", "rotate"]).contains("--new-key-file"));
    let third = operator.folder().join("third-key");
    fs::write(&third, "2b".repeat(32)).unwrap();
    operator.does(&["keys", "rotate", "--new-key-file", third.to_str().unwrap()]);
    let said = operator.is_refused(&["serve"]);
    assert!(said.contains("The key that keys.installation_command prints") && said.contains(&second), "{said}");
    fs::copy(&third, &elsewhere).unwrap();
    let server = Server::start(&operator.settings);
    let anna = server.site.browser_with("anna", password_of("anna").expose_secret());
    assert_eq!(anna.gets(&format!("/cases/{case}")).status, 200);
    drop(server);
    assert!(operator.does(&["audit", "verify"]).contains("The log is sound"));
}

fn the_installations_key_is_changed_under_a_running_server(world: World) {
    let case = a_case(&world);
    let operator = Operator::of(world);
    let before = fs::read(operator.folder().join("keys/installation.key")).unwrap();
    let server = Server::start(&operator.settings);
    let anna = server.site.browser_with("anna", password_of("anna").expose_secret());
    assert_eq!(anna.gets(&format!("/cases/{case}")).status, 200);
    assert_eq!(server.watch.visitor().gets("/ready").status, 200);
    let comments = format!("/cases/{case}/comments");
    let unseen = anna.unseen(&format!("/cases/{case}?tab=comments"), &comments);
    let said = operator.does(&["keys", "rotate"]);
    assert!(said.contains("Start every running Writ anew"), "{said}");
    assert_eq!(operator.leftovers(), Vec::<String>::new());
    // The server has the key before: it does nothing more, and says why to whoever operates it.
    let ready = server.watch.visitor().gets("/ready");
    assert_eq!(ready.status, 503);
    ready.shows("start this program anew");
    let unseen: Vec<(&str, &str)> = unseen.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = anna.posts(&comments, &[&unseen[..], &[("text", "Not kept.")]].concat());
    assert!(answer.status >= 500, "an act was done under the key before: {}", answer.text());
    drop(server);
    let server = Server::start(&operator.settings);
    let anna = server.site.browser_with("anna", password_of("anna").expose_secret());
    let page = anna.gets(&format!("/cases/{case}?tab=comments"));
    page.hides("Not kept.");
    anna.fills(&format!("/cases/{case}?tab=comments"), &comments, &[("text", "Kept.")]).leads_to();
    drop(server);
    assert!(operator.does(&["audit", "verify"]).contains("The log is sound"));
    // The key before, put back by mistake, is told as such.
    let path = operator.folder().join("keys/installation.key");
    let now = fs::read(&path).unwrap();
    fs::write(&path, before).unwrap();
    let said = operator.is_refused(&["serve"]);
    assert!(said.contains("The key in installation.key is") && said.contains("put the right one back"), "{said}");
    fs::write(&path, now).unwrap();
    let file = operator.folder().join("after.backup");
    operator.does(&operator.backup(&file));
    let other = operator.elsewhere();
    other.does(&other.restore(&file));
    assert!(other.does(&["audit", "verify"]).contains("The log is sound"));
}

fn of_two_who_change_a_key_at_once_one_is_told_to_wait(world: World) {
    a_case(&world);
    let operator = Operator::of(world);
    operator.adds_settings("[keys]\npassphrase_file = \"/nowhere\"\n");
    let keys = Dir::open_ambient_dir(operator.folder().join("keys"), ambient_authority()).unwrap();
    let commands: [(&str, &[&str]); 3] = [
        ("installation.key", &["keys", "rotate"]),
        ("installation.key", &["keys", "protect", "--with", "file"]),
        ("log.key", &["audit", "rotate-key"]),
    ];
    for (key, command) in commands {
        let held = Held::take(&keys, key).unwrap();
        let before = keys.read(key).unwrap();
        let said = operator.is_refused(command);
        assert!(said.contains(&format!("{key} is being changed by somebody else; try again in a moment")), "{said}");
        assert_eq!(keys.read(key).unwrap(), before);
        drop(held);
    }
    operator.does(&["keys", "rotate"]);
    operator.does(&["audit", "rotate-key"]);
    let file = operator.folder().join("no-locks.backup");
    operator.does(&operator.backup(&file));
    let args = ["backup", "inspect", file.to_str().unwrap(), "--key-file", operator.key.to_str().unwrap()];
    let output = Command::new(WRIT).args(args).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && !said.contains(".lock"), "{said}");
}

fn a_backup_is_refused_with_a_key_of_the_log_that_signs_no_more(world: World) {
    let operator = Operator::of(world);
    let key = operator.folder().join("keys/log.key");
    let before = fs::read(&key).unwrap();
    operator.does(&["audit", "rotate-key"]);
    let now = fs::read(&key).unwrap();
    fs::write(&key, before).unwrap();
    let file = operator.folder().join("of-today.backup");
    let said = operator.is_refused(&operator.backup(&file));
    assert!(said.contains("bring back `log.key`"), "{said}");
    assert!(!file.exists());
    fs::write(&key, now).unwrap();
    operator.does(&operator.backup(&file));
    let other = operator.elsewhere();
    other.does(&other.restore(&file));
    other.does(&["audit", "checkpoint"]);
    assert!(other.does(&["audit", "verify"]).contains("The log is sound"));
}
