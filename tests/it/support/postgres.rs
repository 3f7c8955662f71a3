//! A PostgreSQL database of one's own, for one test.
//!
//! `WRIT_TEST_POSTGRES` names a database on a server where we may create others. `tests/run` starts such a server and
//! sets it; without it tests on PostgreSQL are skipped, aloud.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use diesel::{Connection, PgConnection, connection::SimpleConnection};

use super::skipped::skipped;

const SERVER: &str = "WRIT_TEST_POSTGRES";

/// An empty database that nobody else has. It is gone when this is dropped, whoever is still connected to it.
pub struct TestDatabase {
    pub url: String,
    name: String,
    server: String,
}

/// A new empty database, or `None` after saying `SKIPPED` where there is no server.
pub fn fresh_database() -> Option<TestDatabase> {
    let Some(server) = std::env::var(SERVER).ok().filter(|url| !url.is_empty()) else {
        skipped(&format!("on PostgreSQL: {SERVER} is not set"));
        return None;
    };
    let name = new_name();
    // template0, because a template that somebody is connected to cannot be copied, and nobody can connect to that one.
    run(&server, &format!("CREATE DATABASE {name} TEMPLATE template0"));
    Some(TestDatabase { url: at_database(&server, &name), name, server })
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropped = PgConnection::establish(&self.server)
            .map(|mut server| server.batch_execute(&sql).map_err(|e| e.to_string()));
        match dropped {
            Ok(Ok(())) => {}
            Ok(Err(why)) => eprintln!("{} stays behind: {why}", self.name),
            Err(why) => eprintln!("{} stays behind: {why}", self.name),
        }
    }
}

/// Unlike any other on this server: by time, process and count.
fn new_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    format!("writ_test_{nanos:x}_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn run(server: &str, sql: &str) {
    let mut server = PgConnection::establish(server).unwrap_or_else(|why| panic!("{SERVER}: {why}"));
    server.batch_execute(sql).unwrap_or_else(|why| panic!("{sql}: {why}"));
}

/// The same server's URL with another database: `scheme://who@where/THIS?options`. The host may be a folder, with its
/// slashes written as `%2F`, so the first plain slash is the one before the database's name.
fn at_database(server: &str, name: &str) -> String {
    let (scheme, rest) = server.split_once("://").unwrap_or_else(|| panic!("{SERVER} must be a postgresql:// URL"));
    let (rest, options) = match rest.split_once('?') {
        Some((rest, options)) => (rest, format!("?{options}")),
        None => (rest, String::new()),
    };
    let place = rest.split('/').next().unwrap_or_default();
    format!("{scheme}://{place}/{name}{options}")
}

#[test]
fn the_url_of_a_test_database_keeps_server_user_and_options() {
    for (server, expected) in [
        ("postgresql://writ@%2Ftmp%2Fx/postgres", "postgresql://writ@%2Ftmp%2Fx/t"),
        ("postgres:///postgres?host=/tmp/x&user=writ", "postgres:///t?host=/tmp/x&user=writ"),
        ("postgres://a:b@db.example:5433", "postgres://a:b@db.example:5433/t"),
    ] {
        assert_eq!(at_database(server, "t"), expected);
    }
}

#[test]
fn a_test_database_is_fresh_alone_and_gone_afterwards() {
    let (Some(one), Some(two)) = (fresh_database(), fresh_database()) else { return };
    let server = one.server.clone();
    let mut held_open = PgConnection::establish(&one.url).unwrap();
    held_open.batch_execute("CREATE TABLE only_here (n int)").unwrap();
    let mut other = PgConnection::establish(&two.url).unwrap();
    assert!(other.batch_execute("SELECT * FROM only_here").is_err(), "two tests shared a database");

    let gone = one.url.clone();
    drop(one);
    assert!(PgConnection::establish(&gone).is_err(), "{gone} outlived its test");
    run(&server, "SELECT 1");
}
