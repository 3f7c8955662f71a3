//! A PostgreSQL server of one test's own, with the disk waited for as in production, whose postmaster can be killed.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use diesel::{Connection, PgConnection};
use tempfile::TempDir;

use crate::support::skipped::skipped;
use crate::support::until::until;

pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    /// The user it runs as: PostgreSQL refuses root, rightly. None where we are not root ourselves.
    user: Option<User>,
    postmaster: Option<Child>,
    /// A program that watches it, with its arguments.
    watcher: Vec<String>,
}

#[derive(Clone, Copy)]
struct User {
    id: u32,
    group: u32,
}

impl Cluster {
    /// Makes one and starts it; `None` after saying `SKIPPED` where that can't be done.
    pub fn start() -> Option<Cluster> {
        Cluster::start_under(&[])
    }

    /// The same under a program that watches it.
    pub fn start_under(watcher: &[String]) -> Option<Cluster> {
        let Some(programs) = programs() else {
            skipped("killing PostgreSQL: no initdb found");
            return None;
        };
        // Under /tmp: the path of a socket may have no more than 107 bytes.
        let folder = tempfile::Builder::new().prefix("writ-pg-").tempdir_in("/tmp").unwrap();
        let user = other_user();
        if let Some(User { id, group }) = user {
            chown(folder.path(), Some(id), Some(group)).unwrap();
        }
        let mut cluster = Cluster { folder, programs, user, postmaster: None, watcher: Vec::new() };
        let made = cluster.runs("initdb", &["--username", "writ", "--auth", "trust", "--encoding", "UTF8"]);
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        cluster.watcher = watcher.to_vec();
        cluster.starts_again();
        Some(cluster)
    }

    pub fn url(&self) -> String {
        format!("postgresql://writ@{}/postgres", self.folder.path().display().to_string().replace('/', "%2F"))
    }

    /// SIGKILL to the postmaster. Its children see that it is gone and end themselves.
    pub fn kill(&mut self) {
        let mut postmaster = self.postmaster.take().unwrap();
        postmaster.kill().unwrap();
        let _status = postmaster.wait();
    }

    /// Ends it in an orderly way, and whoever watches it.
    pub fn ends(&mut self) {
        let pid = fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap();
        Command::new("kill").args(["-INT", pid.lines().next().unwrap()]).status().unwrap();
        self.postmaster.take().unwrap().wait().unwrap();
    }

    /// Starts the postmaster on what lies there, and waits until it lets somebody in. As long as a child of the dead
    /// one still lives it refuses, so it is asked again.
    pub fn starts_again(&mut self) {
        let url = self.url();
        until("PostgreSQL lets somebody in", || {
            let is_up = self.postmaster.as_mut().is_some_and(|child| child.try_wait().unwrap().is_none());
            if !is_up {
                self.postmaster = Some(self.spawns());
            }
            PgConnection::establish(&url).is_ok()
        });
    }

    /// How often it recovered from a crash, as its own log tells.
    pub fn recoveries(&self) -> usize {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap();
        log.matches("was not properly shut down; automatic recovery in progress").count()
    }

    fn spawns(&self) -> Child {
        let at = self.folder.path();
        let log = fs::File::options().create(true).append(true).open(at.join("log")).unwrap();
        let (data, socket) = (at.join("data"), at.to_str().unwrap());
        let mut command = self.command("postgres");
        command.arg("-D").arg(data).args(["-k", socket, "-c", "listen_addresses=", "-c", "fsync=on"]);
        command.args(["-c", "max_connections=60", "-c", "shared_buffers=16MB"]);
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
    }

    fn runs(&self, program: &str, with: &[&str]) -> Output {
        let data = self.folder.path().join("data");
        self.command(program).arg("--pgdata").arg(data).args(with).output().unwrap()
    }

    /// One of PostgreSQL's programs as the user it runs as. The program takes the place of the one that changes the
    /// user, so that the process started here is the postmaster itself.
    fn command(&self, program: &str) -> Command {
        let mut words = self.watcher.clone();
        if let Some(User { id, group }) = self.user {
            words.extend(["setpriv".into(), format!("--reuid={id}"), format!("--regid={group}")]);
            words.extend(["--clear-groups".into(), "--".into()]);
        }
        words.push(self.programs.join(program).display().to_string());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        command.current_dir("/");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.postmaster.is_some() {
            self.kill();
        }
        if std::thread::panicking() {
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("PostgreSQL said at last: {}", lines[lines.len().saturating_sub(30)..].join("\n"));
        }
    }
}

/// Debian keeps the server's programs off the path, one folder per version; the newest is taken.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let number = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let debian = versions.map(|entry| entry.path()).filter(|path| path.join("bin/initdb").is_file());
    let newest = debian.max_by_key(number).map(|path| path.join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    newest.or_else(|| std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file()))
}

fn other_user() -> Option<User> {
    let is_root = number_of(&["-u"]) == Some(0);
    let found = |name: &str| Some(User { id: number_of(&["-u", name])?, group: number_of(&["-g", name])? });
    is_root.then(|| found("postgres").or_else(|| found("nobody")).unwrap())
}

fn number_of(what: &[&str]) -> Option<u32> {
    let said = Command::new("id").args(what).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(said.stdout).ok()?.trim().parse().ok()
}

/// Whether a program stands on the path.
pub fn has_program(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder: PathBuf| Path::new(&folder).join(name).is_file())
}
