//! `writ serve` as a process of its own, so that it can be killed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::site::Site;
use super::until::until;
use super::world::{INSTALLATION_KEY, LOG_KEY, ORIGIN, Place, World};

/// The program.
pub const WRIT: &str = env!("CARGO_BIN_EXE_writ");

impl World {
    /// Writes down keys and settings as an operator would; gives the settings' file.
    pub fn settles(&self) -> PathBuf {
        settle(&self.url, self.folder.path())
    }
}

/// The same for a register that nobody is connected to.
fn settle(url: &str, folder: &Path) -> PathBuf {
    let keys = folder.join("keys");
    fs::create_dir_all(&keys).unwrap();
    fs::write(keys.join("installation.key"), hex::encode(INSTALLATION_KEY)).unwrap();
    fs::write(keys.join("log.key"), hex::encode(LOG_KEY)).unwrap();
    let settings = format!(
        "[register]\ndatabase = \"{url}\"\ndocuments = \"{at}/documents\"\nkeys = \"{at}/keys\"\n\
             origin = \"{ORIGIN}\"\nreaders = 4\n[web]\nlisten = \"127.0.0.1:0\"\ninsecure_cookies = true\n\
             [passwords]\nmemory_kib = 8\npasses = 1\n[telemetry]\nfilter = \"warn\"\n",
        at = folder.display(),
    );
    let file = folder.join("writ.toml");
    fs::write(&file, settings).unwrap();
    file
}

impl Place {
    /// Writes down keys and settings as an operator would; gives the settings' file.
    pub fn settles(&self) -> PathBuf {
        settle(&self.url, self.folder.path())
    }

    /// The files in the folder of documents, by name.
    pub fn files(&self) -> Vec<String> {
        let files = fs::read_dir(self.folder.path().join("documents")).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    }
}

/// A server, killed when this is dropped.
pub struct Server {
    child: Child,
    url: String,
    log: PathBuf,
}

impl Server {
    /// Starts one and waits until it listens. No hand is laid on anything before: what a crash left is its business.
    pub fn start(settings: &Path) -> Server {
        Server::start_under(&[], settings)
    }

    /// The same under a program that watches it.
    pub fn start_under(watcher: &[&str], settings: &Path) -> Server {
        let log = settings.with_file_name(format!("serve-{}.log", uuid::Uuid::now_v7()));
        let file = File::create(&log).unwrap();
        let words: Vec<&str> = watcher.iter().copied().chain([WRIT, "serve", "--config"]).collect();
        let mut child = Command::new(words[0])
            .args(&words[1..])
            .arg(settings)
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        let mut url = None;
        until("the server listens", || {
            let said = fs::read_to_string(&log).unwrap();
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "the server did not start ({ended:?}): {said}");
            url = said.lines().find_map(|line| line.strip_prefix("Writ listens on ")).map(str::to_owned);
            url.is_some() && said.ends_with('\n')
        });
        Server { child, url: url.unwrap(), log }
    }

    pub fn site(&self) -> Site {
        Site::elsewhere(&self.url)
    }

    /// What it wrote for its operator.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Tells the program to stop, and waits until it has, and whoever watches it.
    pub fn ends(mut self) {
        let watcher = self.child.id().to_string();
        let children = fs::read_to_string(format!("/proc/{watcher}/task/{watcher}/children")).unwrap_or_default();
        let program = children.split_whitespace().next().unwrap_or(&watcher).to_owned();
        Command::new("kill").args(["-TERM", &program]).status().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGKILL: nothing is finished, nothing is said.
    pub fn kill(&mut self) {
        let _ended_already = self.child.kill();
        let _status = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("the server said: {}", self.said());
        }
        let _kept = fs::remove_file(&self.log);
    }
}
