//! Writ as it is installed: the real program on a register of its own, with seven people, answering on a port of its own.

use std::{
    fs::File,
    io::Write,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::postgres::{TestDatabase, fresh_database};

const WRIT: &str = env!("CARGO_BIN_EXE_writ");
const PROJECT: &str = env!("CARGO_MANIFEST_DIR");
const STARTS_WITHIN: Duration = Duration::from_secs(30);
const MAKES_DEMO_WITHIN: Duration = Duration::from_secs(120);

/// Somebody who works here.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    pub name: &'static str,
    pub full_name: &'static str,
    role: &'static str,
}

impl Person {
    const fn new(name: &'static str, full_name: &'static str, role: &'static str) -> Person {
        Person { name, full_name, role }
    }

    pub fn password(self) -> String {
        format!("the long password of {}", self.name)
    }
}

pub const ANNA: Person = Person::new("anna", "Anna Adler", "analyst");
pub const BEN: Person = Person::new("ben", "Ben Brook", "analyst");
pub const CARLA: Person = Person::new("carla", "Carla Corn", "reviewer");
pub const DAN: Person = Person::new("dan", "Dan Dorn", "reviewer");
pub const EMIL: Person = Person::new("emil", "Emil Eck", "fulfiller");
pub const FAY: Person = Person::new("fay", "Fay Finch", "auditor");
pub const GUS: Person = Person::new("gus", "Gus Grove", "admin");
const PEOPLE: [Person; 7] = [ANNA, BEN, CARLA, DAN, EMIL, FAY, GUS];

/// A running Writ. It is stopped, and its register gone, when this is dropped.
pub struct Desk {
    pub url: String,
    settings: PathBuf,
    server: Child,
    folder: TempDir,
    _database: Option<TestDatabase>,
}

impl Desk {
    /// At a provider of this name, on SQLite.
    pub fn on_sqlite(entity: &str) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("register.sqlite").display());
        Desk::open(entity, &database, folder, None)
    }

    /// At a provider of this name, on PostgreSQL; `None` after saying `SKIPPED` where there is no server.
    pub fn on_postgresql(entity: &str) -> Option<Desk> {
        let database = fresh_database()?;
        let url = database.url.clone();
        Some(Desk::open(entity, &url, tempfile::tempdir().unwrap(), Some(database)))
    }

    fn open(entity: &str, database: &str, folder: TempDir, keep: Option<TestDatabase>) -> Desk {
        let port = free_port();
        let settings = folder.path().join("writ.toml");
        std::fs::write(&settings, settings_text(entity, database, folder.path(), port)).unwrap();
        run(&settings, &["migrate", "--new"], "");
        for person in PEOPLE {
            let Person { name, full_name, role } = person;
            let add = ["staff", "add", "--name", name, "--full-name", full_name, "--role", role, "--password-stdin"];
            run(&settings, &add, &person.password());
        }
        let server = serve(&settings, &folder.path().join("serve.log"));
        let desk = Desk { url: format!("http://127.0.0.1:{port}"), settings, server, folder, _database: keep };
        desk.answers();
        desk
    }

    /// Runs a command of the program on this register, which must succeed, and takes what it prints.
    pub fn prints(&self, command: &[&str]) -> String {
        run(&self.settings, command, "")
    }

    /// A file on the desk, to be uploaded.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    }

    /// Waits until the server answers.
    fn answers(&self) {
        let begun = Instant::now();
        let agent = ureq::Agent::config_builder().proxy(None).build().new_agent();
        while agent.get(format!("{}/sign-in", self.url)).call().is_err() {
            assert!(begun.elapsed() < STARTS_WITHIN, "{} does not answer: {}", self.url, self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("serve.log")).unwrap_or_default()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        if std::thread::panicking() {
            eprintln!("what the server said:\n{}", self.log());
        }
    }
}

/// The demonstration, as the README starts it. It is stopped, and gone, when this is dropped.
pub struct Demonstration {
    pub url: String,
    /// Everybody's name, password and token, by role.
    pub sign_ins: Value,
    server: Child,
    _folder: TempDir,
}

impl Demonstration {
    pub fn start() -> Demonstration {
        let folder = tempfile::tempdir().unwrap();
        let (data, url) = (folder.path().join("demo"), format!("127.0.0.1:{}", free_port()));
        let log = File::create(folder.path().join("demo.log")).unwrap();
        let also = log.try_clone().unwrap();
        let mut demo = Command::new(WRIT);
        demo.args(["demo", "--listen", &url, "--data"]).arg(&data).stdin(Stdio::null()).stdout(log).stderr(also);
        let (server, url) = (demo.spawn().unwrap(), format!("http://{url}"));
        let mut demo = Demonstration { url, sign_ins: Value::Null, server, _folder: folder };
        let (begun, agent) = (Instant::now(), ureq::Agent::config_builder().proxy(None).build().new_agent());
        while agent.get(format!("{}/sign-in", demo.url)).call().is_err() {
            assert!(begun.elapsed() < MAKES_DEMO_WITHIN, "the demonstration does not answer");
            std::thread::sleep(Duration::from_millis(200));
        }
        let sign_ins = std::fs::read(data.join("demo-sign-in.json")).unwrap();
        demo.sign_ins = serde_json::from_slice(&sign_ins).unwrap();
        demo
    }

    /// What the JSON API answers an analyst.
    pub fn asks(&self, path: &str) -> Value {
        let agent = ureq::Agent::config_builder().proxy(None).build().new_agent();
        let token = format!("Bearer {}", self.sign_ins["analyst"]["token"].as_str().unwrap());
        let answer = agent.get(format!("{}{path}", self.url)).header("authorization", token).call();
        let text = answer.unwrap_or_else(|why| panic!("{path}: {why}")).into_body().read_to_string().unwrap();
        serde_json::from_str(&text).unwrap()
    }
}

impl Drop for Demonstration {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn settings_text(entity: &str, database: &str, folder: &Path, port: u16) -> String {
    let folder = folder.display();
    format!(
        r#"
[register]
database = "{database}"
documents = "{folder}/documents"
keys = "{folder}/keys"
origin = "test.example/log"

[web]
listen = "127.0.0.1:{port}"
insecure_cookies = true

[passwords]
memory_kib = 8
passes = 1

[catalogue]
file = "{PROJECT}/tests/catalogue-whisper.toml"

[provider]
entity = "{entity}"
country = "US"
state = "CA"
"#
    )
}

/// A port that nobody listens on at this moment.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn writ(settings: &Path, command: &[&str]) -> Command {
    let mut writ = Command::new(WRIT);
    writ.args(command).arg("--config").arg(settings);
    writ
}

fn run(settings: &Path, command: &[&str], input: &str) -> String {
    let (stdin, stdout, stderr) = (Stdio::piped(), Stdio::piped(), Stdio::piped());
    let mut child = writ(settings, command).stdin(stdin).stdout(stdout).stderr(stderr).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    let printed = String::from_utf8(done.stdout).unwrap();
    assert!(
        done.status.success(),
        "writ {}: {}\n{printed}{}",
        command.join(" "),
        done.status,
        String::from_utf8_lossy(&done.stderr)
    );
    printed
}

fn serve(settings: &Path, log: &Path) -> Child {
    let log = File::create(log).unwrap();
    let also = log.try_clone().unwrap();
    writ(settings, &["serve"]).stdin(Stdio::null()).stdout(log).stderr(also).spawn().unwrap()
}
