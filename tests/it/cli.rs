//! The command line as an operator meets it: the demonstration, and one clear sentence for what can't be.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

fn writ(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_writ")).args(args).stdin(Stdio::null()).output().unwrap()
}

/// The one sentence a refused command ends with.
#[track_caller]
fn sentence(output: &Output) -> String {
    assert!(!output.status.success(), "it should have been refused");
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("writ: ")).collect();
    assert_eq!(lines.len(), 1, "one sentence, not {text}");
    lines[0].to_owned()
}

/// A demonstration that runs until this is dropped.
struct Running(Child);

impl Running {
    fn start(folder: &Path) -> Running {
        let mut child = Command::new(env!("CARGO_BIN_EXE_writ"))
            .args(["demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let is_ready = said.lines().map_while(Result::ok).any(|line| line.contains("remove it with"));
        assert!(is_ready, "the demonstration did not start");
        Running(child)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _status = self.0.wait();
    }
}

fn sign_ins(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("demo-sign-in.json")).unwrap()).unwrap()
}

#[test]
fn the_demonstration_is_made_once_used_again_and_never_served() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("demo");
    let running = Running::start(&folder);
    let file = folder.join("demo-sign-in.json");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let first = sign_ins(&folder);
    for role in ["analyst", "analyst-2", "reviewer", "reviewer-2", "fulfiller", "auditor", "admin"] {
        for key in ["name", "password", "token"] {
            assert!(first[role][key].as_str().is_some_and(|text| !text.is_empty()), "{role} has no {key}");
        }
    }
    let url = first["url"].as_str().unwrap();
    let queue = ureq::get(&format!("{url}/queue"))
        .header("authorization", &format!("Bearer {}", first["analyst"]["token"].as_str().unwrap()))
        .call()
        .unwrap()
        .into_body()
        .read_to_string()
        .unwrap();
    assert!(queue.contains("Demonstration"), "each page says that it is one");
    assert!(queue.contains("EMERGENCY"), "the emergency waits in the queue");
    drop(running);

    drop(Running::start(&folder));
    assert_eq!(sign_ins(&folder)["analyst"], first["analyst"], "a second start uses the data again");
    let data = folder.to_str().unwrap();
    let verified = writ(&["audit", "verify", "--data", data]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    let report = writ(&["report", "transparency", "--csv", "--data", data]);
    let report = String::from_utf8_lossy(&report.stdout).into_owned();
    let totals = report.lines().filter(|line| line.contains(",all,all,"));
    let requests: u32 = totals.map(|line| line.split(',').nth(3).unwrap().parse::<u32>().unwrap()).sum();
    assert_eq!(requests, 42, "{report}");

    let config = place.path().join("writ.toml");
    let settings = format!(
        "[register]\ndatabase = \"sqlite://{data}/register.sqlite\"\ndocuments = \"{data}/documents\"\n\
         keys = \"{data}/keys\"\norigin = \"writ.localhost/demo\"\n"
    );
    fs::write(&config, settings).unwrap();
    let refused = sentence(&writ(&["serve", "--config", config.to_str().unwrap()]));
    assert!(refused.contains("demonstration"), "{refused}");
}

#[test]
fn what_the_demonstration_cannot_do_is_said_in_one_sentence() {
    let place = TempDir::new().unwrap();
    let data = place.path().join("data");
    let demo = |listen: &str| writ(&["demo", "--listen", listen, "--data", data.to_str().unwrap()]);
    assert!(sentence(&demo("0.0.0.0:0")).contains("--insecure-demo"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    assert!(sentence(&demo(&taken.local_addr().unwrap().to_string())).contains("--listen"));
    assert!(!data.exists(), "nothing was made");

    fs::create_dir(&data).unwrap();
    fs::write(data.join("unfinished-demo"), "").unwrap();
    assert!(sentence(&demo("127.0.0.1:0")).contains("never finished"));
    fs::remove_file(data.join("unfinished-demo")).unwrap();
    fs::write(data.join("letter.txt"), "somebody's").unwrap();
    assert!(sentence(&demo("127.0.0.1:0")).contains("not empty"));
    let under_a_file = data.join("letter.txt/demo");
    let output = writ(&["demo", "--listen", "127.0.0.1:0", "--data", under_a_file.to_str().unwrap()]);
    assert!(sentence(&output).contains("can't be made"));
}

#[test]
fn a_register_of_a_newer_writ_is_refused_in_one_sentence() {
    use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query};
    let place = TempDir::new().unwrap();
    let data = place.path().to_str().unwrap();
    assert!(writ(&["migrate", "--new", "--data", data]).status.success());
    assert!(writ(&["migrate", "--data", data]).status.success(), "it is up to date");
    let mut conn = SqliteConnection::establish(&format!("{data}/register.sqlite")).unwrap();
    sql_query("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')").execute(&mut conn).unwrap();
    for command in [["audit", "verify"].as_slice(), &["migrate"]] {
        let refused = sentence(&writ(&[command, &["--data", data]].concat()));
        assert!(refused.contains("newer Writ"), "{refused}");
    }
}

#[test]
fn facts_are_answered_line_by_line() {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/law/vectors.jsonl");
    let output = writ(&["law", "check", "--facts", vectors]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), fs::read_to_string(vectors).unwrap().lines().count());
    for key in [
        "id",
        "verdict",
        "basis_verdict",
        "disposition",
        "min_process",
        "findings",
        "duties",
        "citations",
        "rules",
        "missing_facts",
        "why",
    ] {
        assert!(answers.iter().all(|answer| answer.get(key).is_some()), "an answer lacks {key}");
    }
}

#[test]
fn the_jobs_run_once_for_a_timer_and_the_demonstrations_mails_stay_in_its_folder() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("demo");
    drop(Running::start(&folder));
    let ran = Command::new(env!("CARGO_BIN_EXE_writ"))
        .args(["jobs", "run-once", "--data"])
        .arg(&folder)
        .env("WRIT__MAIL__TRANSPORT", "smtp")
        .env("WRIT__MAIL__HOST", "localhost")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(said.contains("0 failed now.") && said.contains("0 mails wait, 0 were given up."), "{said}");
    let mails: Vec<_> = fs::read_dir(folder.join("mail")).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(!mails.is_empty() && mails.iter().all(|file| file.extension().is_some_and(|e| e == "eml")), "{mails:?}");
    let last = fs::read_to_string(mails.iter().max().unwrap()).unwrap();
    assert!(last.contains("To: ") && last.contains("@writ.example"), "{last}");
}

#[test]
fn the_guidelines_say_which_paper_reaches_which_data() {
    let writ = |more: &[&str]| {
        let ran = Command::new(env!("CARGO_BIN_EXE_writ")).args(["law", "guidelines"]).args(more).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap()
    };
    let text = writ(&[]);
    assert_eq!(text, writ(&[]), "the same rules give the same text");
    let table = |head: &str| {
        let rows: Vec<&str> =
            text.lines().skip_while(|line| *line != head).skip(2).take_while(|l| !l.is_empty()).collect();
        rows.iter().map(|row| row.split(" | ").map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let mail = table("### Web mail");
    let column = |title: &str| mail[0].iter().position(|head| head.trim_matches(['|', ' ']) == title).unwrap();
    let content = mail.iter().find(|row| row[0].contains("Mail content"));
    let content = content.unwrap_or_else(|| panic!("{text}"));
    let of = |title: &str| content[column(title)].trim_matches(['|', ' ']).to_owned();
    assert_eq!(of("Grand jury or administrative subpoena"), "Needs a search warrant");
    assert_eq!(of("Federal search warrant"), "Yes");
    assert_eq!(of("Civil subpoena"), "No");
    assert!(!text.contains("European production order"), "this provider has nobody in the Union to serve");
    assert!(text.contains("18 U.S.C. § 2703(a)") && text.contains("## By when"), "{text}");

    let place = TempDir::new().unwrap();
    let config = place.path().join("writ.toml");
    let settings = "[register]\ndatabase = \"sqlite:///tmp/none\"\ndocuments = \"d\"\nkeys = \"k\"\norigin = \"o/o\"\n\
                    [provider]\nentity = \"A <b> & Co.\"\neu_role = \"eu_legal_representative\"\n";
    fs::write(&config, settings).unwrap();
    let page = writ(&["--format", "html", "--config", config.to_str().unwrap()]);
    assert!(page.contains("<table>") && page.contains("European production order by a judge"), "{page}");
    assert!(!page.contains("<b>") && page.contains("&amp; Co."), "{page}");
}

#[test]
fn mail_settings_that_cannot_be_used_are_said_in_one_sentence() {
    let place = TempDir::new().unwrap();
    let config = place.path().join("writ.toml");
    let said = |more: &str| {
        let data = place.path().display();
        let register = format!(
            "[register]\ndatabase = \"sqlite://{data}/register.sqlite\"\ndocuments = \"{data}/documents\"\n\
             keys = \"{data}/keys\"\norigin = \"writ.example/log\"\n"
        );
        fs::write(&config, format!("{register}{more}\n")).unwrap();
        sentence(&writ(&["jobs", "run-once", "--config", config.to_str().unwrap()]))
    };
    assert!(said("[mail]\ntransport = \"smtp\"").contains("mail.host"));
    let server = "[mail]\ntransport = \"smtp\"\nhost = \"mail.example\"\nuser = \"writ\"\n";
    assert!(said(server).contains("mail.password"));
    assert!(said(&format!("{server}password = \"a secret\"\nsecurity = \"none\"")).contains("in the clear"));
    assert!(said("[web]\npublic_url = \"writ.example.com\"").contains("https://writ.example.com"));
    fs::remove_file(&config).unwrap();
    // With a register, an address that is none is refused before anything is sent.
    let made = |more: &str| {
        said(more);
        assert!(writ(&["migrate", "--new", "--config", config.to_str().unwrap()]).status.success());
        said(more)
    };
    assert!(made("[mail]\nfrom = \"Writ\"").contains("mail.from"));
}
