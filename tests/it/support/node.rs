//! A `writ serve` on a world's register: a process of its own, that can be watched, told to end, and waited for.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

use writ::system::Clock;

use super::site::Site;
use super::world::{ORIGIN, World};

/// Far longer than anything here takes, even on a busy machine; a test that waits so long has failed.
const NEVER: Duration = Duration::from_secs(120);

pub struct Node {
    /// The web site.
    pub site: Site,
    /// Where it is watched.
    pub watch: Site,
    pub child: Child,
    lines: Option<JoinHandle<Vec<String>>>,
    _said: BufReader<ChildStdout>,
}

impl World {
    /// A settings file of this register, for the program itself. From now on the world's clock is the machine's.
    pub fn config(&self) -> PathBuf {
        self.ctx.clock.set(Clock::System.now());
        let folder = self.folder.path();
        let keys = folder.join("keys");
        std::fs::create_dir_all(&keys).unwrap();
        std::fs::write(keys.join("installation.key"), hex::encode([9; 32])).unwrap();
        std::fs::write(keys.join("log.key"), hex::encode([7; 32])).unwrap();
        let settings = format!(
            "[register]\ndatabase = \"{}\"\ndocuments = \"{}\"\nkeys = \"{}\"\norigin = \"{ORIGIN}\"\n\
             [web]\nlisten = \"127.0.0.1:0\"\ninsecure_cookies = true\n[passwords]\nmemory_kib = 8\npasses = 1\n\
             [telemetry]\nmetrics_listen = \"127.0.0.1:0\"\n",
            self.url,
            folder.join("documents").display(),
            keys.display(),
        );
        let config = folder.join("writ.toml");
        std::fs::write(&config, settings).unwrap();
        config
    }

    /// Starts a process that serves this register, with these settings besides, such as `("STOP__SECONDS", "5")`.
    pub fn starts(&self, settings: &[(&str, &str)]) -> Node {
        let mut command = Command::new(env!("CARGO_BIN_EXE_writ"));
        command.arg("serve").arg("--config").arg(self.config()).stdin(Stdio::null());
        command.envs(settings.iter().map(|(name, value)| (format!("WRIT__{name}"), value)));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        let lines = std::thread::spawn(move || errors.lines().map_while(Result::ok).collect::<Vec<_>>());
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut next = || {
            let mut line = String::new();
            said.read_line(&mut line).unwrap();
            let address = line.split("http://").nth(1).unwrap_or_else(|| panic!("the program did not start: {line}"));
            format!("http://{}", address.split_whitespace().next().unwrap())
        };
        let (site, watch) = (Site::at(next()), Site::at(next()));
        Node { site, watch, child, lines: Some(lines), _said: said }
    }

    /// Runs another command of the program on this register.
    pub fn commands(&self, args: &[&str]) -> Output {
        let config = self.folder.path().join("writ.toml");
        Command::new(env!("CARGO_BIN_EXE_writ")).args(args).arg("--config").arg(config).output().unwrap()
    }
}

impl Node {
    /// Sends the process a signal, by its name.
    pub fn signals(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &pid]).status().unwrap();
        assert!(sent.success(), "the process is not there any more");
    }

    /// Waits for the process to end by itself, and gives its exit code (of one that a signal ended, none) and its log.
    pub fn ends(mut self) -> (Option<i32>, Vec<String>) {
        let lines = self.lines.take().unwrap();
        let (tell, told) = channel();
        std::thread::scope(|scope| {
            let child = &mut self.child;
            scope.spawn(move || tell.send(child.wait().unwrap().code()).unwrap());
            let code = told.recv_timeout(NEVER);
            (code.unwrap_or_else(|_| panic!("the process does not end")), lines.join().unwrap())
        })
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

impl Drop for Node {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Asks again and again until it is so.
#[track_caller]
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < NEVER, "never came true: {what}");
        std::thread::yield_now();
    }
}
