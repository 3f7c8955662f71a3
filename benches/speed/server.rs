//! A real server process on the register to be measured.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Asked;

/// The register to be measured.
pub struct Place {
    /// The database's address.
    pub database: String,
    /// The folder that holds documents, keys and the sign-ins of the generated staff.
    pub folder: PathBuf,
    settings: String,
}

impl Place {
    pub fn of(asked: &Asked) -> Place {
        match (&asked.data, &asked.config) {
            (Some(data), _) => {
                let folder = std::fs::canonicalize(data).unwrap();
                let at = folder.display();
                let database = format!("sqlite://{at}/register.sqlite");
                let settings = format!(
                    "[register]\ndatabase = \"{database}\"\ndocuments = \"{at}/documents\"\nkeys = \"{at}/keys\"\n\
                     origin = \"writ.localhost/register\"\n"
                );
                Place { database, folder, settings }
            }
            (None, Some(config)) => {
                let settings = std::fs::read_to_string(config).unwrap();
                let value = |key: &str| {
                    let line = settings.lines().find(|line| line.starts_with(key));
                    line.unwrap_or_else(|| panic!("no {key}")).split('"').nth(1).unwrap().to_owned()
                };
                let (database, documents) = (value("database = "), PathBuf::from(value("documents = ")));
                Place { database, folder: documents.parent().unwrap().to_owned(), settings }
            }
            (None, None) => unreachable!("one of the two is asked for"),
        }
    }
}

pub struct Server {
    pub url: String,
    /// The folder that holds documents, keys and the sign-ins of the generated staff.
    pub folder: PathBuf,
    is_sqlite: bool,
    child: Child,
    _settings: tempfile::TempDir,
    started: Duration,
}

impl Server {
    pub fn start(place: &Place) -> Server {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = tempfile::tempdir().unwrap();
        let file = settings.path().join("writ.toml");
        std::fs::write(&file, &place.settings).unwrap();
        let begun = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_writ"))
            .args(["serve", "--config"])
            .arg(&file)
            .env("WRIT__WEB__LISTEN", format!("127.0.0.1:{port}"))
            .env("WRIT__WEB__INSECURE_COOKIES", "true")
            .env("WRIT__TELEMETRY__FILTER", "warn")
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = format!("http://127.0.0.1:{port}");
        let agent = super::client::agent();
        while agent.get(format!("{url}/sign-in")).call().is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the server does not answer: {line}");
            std::thread::sleep(Duration::from_millis(1));
        }
        let (folder, is_sqlite) = (place.folder.clone(), place.database.starts_with("sqlite"));
        Server { url, folder, is_sqlite, child, _settings: settings, started: begun.elapsed() }
    }

    pub fn told(&self) -> String {
        let kind = if self.is_sqlite { "SQLite" } else { "PostgreSQL" };
        format!(
            "{kind}; first page {} ms after the start; resident then {} MB",
            self.started.as_millis(),
            self.resident_mb("VmRSS")
        )
    }

    /// A line of the process's status, in MB.
    pub fn resident_mb(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}
