//! The disk is waited for before the answer leaves: seen from outside, in what the programs ask of the system. A kill
//! can't show this, because what was written survives it in the system's memory; a power cut would not be so kind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::cluster::{Cluster, has_program};
use super::office::Office;
use crate::support::calls::paper;
use crate::support::server::Server;
use crate::support::skipped::skipped;
use crate::support::world::World;

const WATCHED: &str = "trace=fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg,recvfrom,read";

/// What a program asked of the system: where its call begins and ends in the order of all of them.
struct Call {
    begun: usize,
    done: usize,
    text: String,
}

impl Call {
    fn is(&self, names: &[&str], about: &str) -> bool {
        names.iter().any(|name| self.text.starts_with(&format!("{name}("))) && self.text.contains(about)
    }
}

/// The calls in a trace, each once. One that another thread came between stands there in two parts.
fn calls(trace: &Path) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let mut open: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    let text = String::from_utf8_lossy(&fs::read(trace).unwrap()).into_owned();
    for (place, line) in text.lines().enumerate() {
        let Some((thread, said)) = line.split_once(' ') else { continue };
        let said = said.trim_start();
        if let Some((_, rest)) = said.split_once(" resumed>") {
            if let Some(call) = open.remove(thread) {
                calls[call].done = place;
                calls[call].text.push_str(rest);
            }
        } else if let Some((begin, _)) = said.split_once(" <unfinished ...>") {
            open.insert(thread.to_owned(), calls.len());
            calls.push(Call { begun: place, done: usize::MAX, text: begin.to_owned() });
        } else {
            calls.push(Call { begun: place, done: place, text: said.to_owned() });
        }
    }
    calls
}

fn watched(trace: &Path) -> Vec<String> {
    let words = ["strace", "-f", "-qq", "-y", "-s", "120", "-e", WATCHED, "-o", trace.to_str().unwrap()];
    words.map(str::to_owned).to_vec()
}

fn has_strace() -> bool {
    let may = has_program("strace")
        && Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).status().is_ok_and(|s| s.success());
    if !may {
        skipped("watching the disk being waited for: strace is not installed or may not watch");
    }
    may
}

/// Opens a case at a server that is watched, and gives what it asked of the system between the answer before and this
/// act's, and the place of that answer.
fn one_act_watched(world: World, trace: PathBuf) -> (Vec<Call>, usize, usize) {
    let office = Office::of(&world, &["anna"]);
    let place = world.leaves();
    let watcher = watched(&trace);
    let words: Vec<&str> = watcher.iter().map(String::as_str).collect();
    let server = Server::start_with(&words, &place.settles(), &[]);
    let site = &server.site;
    let anna = office.program(site, "anna");
    assert_eq!(anna.gets("/api/v1/me").status, 200);
    assert_eq!(anna.calls("/api/v1/cases", &json!({ "paper": paper() }).to_string()).status, 201);
    server.stops();
    let all = calls(&trace);
    let answer = |status: &str| {
        let begins = format!("HTTP/1.1 {status}");
        let found = all.iter().find(|call| call.is(&["write", "writev", "sendto", "sendmsg"], &begins));
        found.unwrap_or_else(|| panic!("no answer {status} in {}", trace.display())).begun
    };
    let (before, after) = (answer("200 OK"), answer("201 Created"));
    assert!(before < after);
    (all, before, after)
}

/// The last write into a file and the sync of that file after it, both done between two places.
fn synced_between(calls: &[Call], file: &str, after: usize, before: usize) -> bool {
    let within = |call: &&Call| call.begun > after && call.done < before;
    let written =
        calls.iter().filter(within).filter(|call| call.is(&["pwrite64", "write"], file)).map(|c| c.done).max();
    let is_sync = |call: &&Call| call.is(&["fsync", "fdatasync"], file) && call.text.trim_end().ends_with("= 0");
    written.is_some_and(|written| calls.iter().filter(within).filter(is_sync).any(|sync| sync.begun > written))
}

#[test]
fn on_sqlite_the_disk_has_the_act_before_the_answer_leaves() {
    if !has_strace() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (calls, before, after) = one_act_watched(World::by_the_clock(None), folder.path().join("trace"));
    assert!(synced_between(&calls, "register.sqlite-wal>", before, after), "the answer did not wait for the disk");
    // The same question about a file that is never synced: the answer can be no.
    assert!(!synced_between(&calls, "register.sqlite-shm>", before, after));
}

#[test]
fn on_postgres_the_disk_has_the_act_before_the_answer_leaves() {
    if !has_strace() {
        return;
    }
    let folder = tempfile::Builder::new().prefix("writ-trace-").tempdir_in("/tmp").unwrap();
    // The database server runs as another user and is watched by us.
    let trace = folder.path().join("postgres");
    let Some(mut cluster) = Cluster::start_under(&watched(&trace)) else { return };
    let (calls_of_writ, before, after) =
        one_act_watched(World::by_the_clock(Some(cluster.url())), folder.path().join("writ"));
    cluster.ends();
    // Writ answers after the database said that it has committed.
    let said = calls_of_writ.iter().filter(|call| call.is(&["recvfrom", "read"], "COMMIT"));
    let committed = said.filter(|call| call.done > before && call.done < after).count();
    assert!(committed > 0, "the answer did not wait for the database's commit");
    // And the database says so after its own disk has it: between the last entry of this act written and the word.
    let calls = calls(&trace);
    let words: Vec<&Call> = calls.iter().filter(|call| call.is(&["sendto", "write"], "COMMIT")).collect();
    let is_sync = |call: &&Call| call.is(&["fdatasync", "fsync"], "/pg_wal/") && call.text.trim_end().ends_with("= 0");
    let synced = |word: &&&Call| {
        let written =
            calls.iter().filter(|c| c.is(&["pwrite64"], "/pg_wal/") && c.done < word.begun).map(|c| c.done).max();
        written.is_some_and(|written| calls.iter().filter(is_sync).any(|s| s.begun > written && s.done < word.begun))
    };
    assert!(words.iter().filter(synced).count() > 0 && words.last().is_some_and(|last| synced(&last)));
}
