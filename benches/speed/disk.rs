//! What the disk itself can do: one-row commits, one after the other, on the same disk and with the same care.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};

use super::server::Place;
use super::table::Times;

const COMMITS: usize = 300;

pub fn bare_commits(place: &Place) -> String {
    let times = match place.database.starts_with("sqlite") {
        true => sqlite(place),
        false => postgres(place),
    };
    let took: Duration = times.all.iter().sum();
    format!("{times}, {:.0} in a second", times.all.len() as f64 / took.as_secs_f64())
}

fn sqlite(place: &Place) -> Times {
    let folder = tempfile::tempdir_in(&place.folder).unwrap();
    let mut conn = SqliteConnection::establish(&folder.path().join("bare.sqlite").display().to_string()).unwrap();
    conn.batch_execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE bare (at TEXT)").unwrap();
    commits(|| conn.batch_execute("INSERT INTO bare VALUES ('2026-11-22')").unwrap())
}

fn postgres(place: &Place) -> Times {
    let mut conn = PgConnection::establish(&place.database).unwrap();
    conn.batch_execute("SET synchronous_commit = on; CREATE TABLE IF NOT EXISTS bare_commit (at TEXT)").unwrap();
    let times = commits(|| conn.batch_execute("INSERT INTO bare_commit VALUES ('2026-11-22')").unwrap());
    conn.batch_execute("DROP TABLE bare_commit").unwrap();
    times
}

fn commits(mut one: impl FnMut()) -> Times {
    let mut took = || {
        let begun = Instant::now();
        one();
        begun.elapsed()
    };
    Times::of((0..COMMITS).map(|_| took()).collect())
}
