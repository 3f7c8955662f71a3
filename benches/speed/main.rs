//! How fast Writ is at size: a real server on a generated register, asked over HTTP by one client and by sixteen, with
//! the disk's own commit measured in the same run. It prints a table; nothing here passes or fails.
//!
//!     writ generate --cases 100000 --seed 1 --data /srv/measured
//!     cargo bench --bench speed -- --data /srv/measured
//!     cargo bench --bench speed -- --config measured.toml     (PostgreSQL; `web.listen` and cookies are set here)
//!
//! `--appends 10000` measures the log alone: so many entries, one by one. Compare an empty register (`writ migrate --new`)
//! with one of 40,000 cases, about a million entries.
//!
//! `--only queue` measures the steps whose name holds that word. `--seconds 10` is how long each step is asked by sixteen
//! clients; `--rounds 300` how often by one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement may stop, and look at what the product may not"
)]

mod appends;
mod client;
mod disk;
mod server;
mod steps;
mod table;

use std::path::PathBuf;

fn main() {
    let asked = Asked::from_arguments();
    let place = server::Place::of(&asked);
    let bare = disk::bare_commits(&place);
    println!("bare durable commits, one after the other: {bare}");
    if let Some(count) = asked.appends {
        return println!("{}", appends::measure(&place, count));
    }
    let server = server::Server::start(&place);
    println!("{}", server.told());
    let people = client::People::read(&server);
    println!("{}", table::HEAD);
    for step in steps::ALL.iter().filter(|step| step.name.contains(&asked.only)) {
        let one = steps::measure(step, &server, &people, 1, &asked);
        let many = steps::measure(step, &server, &people, 16, &asked);
        println!("{}", table::row(step.name, &one, &many));
    }
    println!("\nresident at the end: {} MB, at most {} MB", server.resident_mb("VmRSS"), server.resident_mb("VmHWM"));
}

/// What is asked on the command line.
pub struct Asked {
    pub data: Option<PathBuf>,
    pub config: Option<PathBuf>,
    pub rounds: usize,
    pub seconds: u64,
    /// Steps whose name holds this; all, where it is empty.
    pub only: String,
    /// Only this, if anything.
    pub appends: Option<usize>,
}

impl Asked {
    fn from_arguments() -> Asked {
        let mut asked =
            Asked { data: None, config: None, rounds: 300, seconds: 10, only: String::new(), appends: None };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().unwrap_or_else(|| panic!("{word} needs a value"));
            match word.as_str() {
                "--data" => asked.data = Some(value().into()),
                "--config" => asked.config = Some(value().into()),
                "--rounds" => asked.rounds = value().parse().unwrap(),
                "--only" => asked.only = value(),
                "--seconds" => asked.seconds = value().parse().unwrap(),
                "--appends" => asked.appends = Some(value().parse().unwrap()),
                "--bench" => {}
                other => panic!("{other} is not known here"),
            }
        }
        assert!(asked.data.is_some() != asked.config.is_some(), "say which register: --data DIR or --config FILE");
        asked
    }
}
