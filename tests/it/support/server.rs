//! `writ serve` as a process of its own: it can be watched, told to end and waited for, and killed.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use writ::system::Clock;

use super::site::Site;
use super::until::until;
use super::world::{ORIGIN, Place, World, keys_in};

/// The program.
pub const WRIT: &str = env!("CARGO_BIN_EXE_writ");

impl World {
    /// Writes down keys and settings as an operator would; gives the settings' file.
    pub fn settles(&self) -> PathBuf {
        settle(&self.url, self.folder.path())
    }

    /// Starts a process that serves this register, with these settings besides, such as `("STOP__SECONDS", "5")`.
    /// From now on the world's clock is the machine's.
    pub fn starts(&self, settings: &[(&str, &str)]) -> Server {
        self.ctx.clock.set(Clock::System.now());
        Server::start_with(&[], &self.settles(), settings)
    }

    /// Runs another command of the program on this register.
    pub fn commands(&self, args: &[&str]) -> Output {
        Command::new(WRIT).args(args).arg("--config").arg(self.settles()).output().unwrap()
    }
}

/// The same for a register that nobody is connected to.
fn settle(url: &str, folder: &Path) -> PathBuf {
    keys_in(folder);
    let settings = format!(
        "[register]\ndatabase = \"{url}\"\ndocuments = \"{at}/documents\"\nkeys = \"{at}/keys\"\n\
         origin = \"{ORIGIN}\"\nreaders = 4\n[web]\nlisten = \"127.0.0.1:0\"\ninsecure_cookies = true\n\
         [passwords]\nmemory_kib = 8\npasses = 1\n[telemetry]\nmetrics_listen = \"127.0.0.1:0\"\n",
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
    /// The web site.
    pub site: Site,
    /// Where it is watched.
    pub watch: Site,
    pub child: Child,
    /// What it wrote to its standard output and to its log.
    wrote: [PathBuf; 2],
}

impl Server {
    /// Starts one and waits until it listens. No hand is laid on anything before: what a crash left is its business.
    pub fn start(settings: &Path) -> Server {
        Server::start_with(&[], settings, &[])
    }

    /// The same under a program that watches it, with these settings besides.
    pub fn start_with(watcher: &[&str], settings: &Path, besides: &[(&str, &str)]) -> Server {
        let name = uuid::Uuid::now_v7();
        let wrote = ["out", "log"].map(|kind| settings.with_file_name(format!("serve-{name}.{kind}")));
        let [out, log] = wrote.each_ref().map(|file| File::create(file).unwrap());
        let words: Vec<&str> = watcher.iter().copied().chain([WRIT, "serve", "--config"]).collect();
        let mut child = Command::new(words[0])
            .args(&words[1..])
            .arg(settings)
            .envs(besides.iter().map(|(name, value)| (format!("WRIT__{name}"), value)))
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(log)
            .spawn()
            .unwrap();
        let mut addresses = Vec::new();
        until("the server listens", || {
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "the server did not start ({ended:?}): {}", read(&wrote[1]));
            let said = read(&wrote[0]);
            let lines = said.split_inclusive('\n').filter(|line| line.ends_with('\n'));
            addresses = lines.filter_map(address).collect();
            addresses.len() == 2
        });
        let watch = Site::at(addresses.remove(1));
        Server { site: Site::at(addresses.remove(0)), watch, child, wrote }
    }

    /// The lines of its log.
    pub fn lines(&self) -> Vec<String> {
        read(&self.wrote[1]).lines().map(str::to_owned).collect()
    }

    /// Sends the process a signal, by its name.
    pub fn signals(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &pid]).status().unwrap();
        assert!(sent.success(), "the process is not there any more");
    }

    /// Waits for the process to end by itself, and gives its exit code (of one that a signal ended, none) and its log.
    pub fn ends(mut self) -> (Option<i32>, Vec<String>) {
        let mut status = None;
        until("the process ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        (status.unwrap().code(), self.lines())
    }

    /// Tells the program to stop, and waits until it has, and whoever watches it.
    pub fn stops(mut self) {
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

    /// Sends these very bytes to the web site, as no well-behaved program would, and gives what is answered, if anything.
    pub fn hears(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.site.url().trim_start_matches("http://")).unwrap();
        stream.write_all(bytes).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        let _broken_off = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// What one of its meters says: the sample with exactly this name and these labels.
    pub fn meter(&self, sample: &str) -> f64 {
        let text = self.watch.visitor().gets("/metrics").source();
        let found = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
        found.unwrap_or_else(|| panic!("no {sample} in\n{text}")).parse().unwrap()
    }
}

fn read(file: &Path) -> String {
    String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned()
}

/// The address on a line that names one.
fn address(line: &str) -> Option<String> {
    let rest = line.split_once("http://")?.1;
    Some(format!("http://{}", rest.split_whitespace().next()?))
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("the server said: {}", read(&self.wrote[1]));
        }
        self.wrote.iter().for_each(|file| drop(fs::remove_file(file)));
    }
}
