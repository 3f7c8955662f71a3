//! SQL past the program, on either database: what an operator with a console could do.

use diesel::connection::SimpleConnection;
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use writ::store::Conn;

use super::until::until;

/// A connection of one's own, with the database's own settings.
pub struct Raw(pub Conn);

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

impl Raw {
    pub fn open(url: &str) -> Raw {
        let Some(path) = url.strip_prefix("sqlite://") else {
            return Raw(Conn::Pg(PgConnection::establish(url).unwrap()));
        };
        let mut raw = Raw(Conn::Sqlite(SqliteConnection::establish(path).unwrap()));
        raw.must("PRAGMA busy_timeout = 5000");
        raw
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.0, Conn::Sqlite(_))
    }

    /// Runs one statement; how many rows it touched, or what the database says against it.
    pub fn run(&mut self, sql: &str) -> Result<usize, String> {
        sql_query(sql).execute(&mut self.0).map_err(|error| error.to_string())
    }

    /// Runs one statement that must not fail.
    pub fn must(&mut self, sql: &str) -> usize {
        self.run(sql).unwrap_or_else(|why| panic!("{sql}: {why}"))
    }

    /// Takes the log's head, as a node that writes does, and keeps it.
    pub fn begins_to_hold_the_log(&mut self) {
        let held = match &mut self.0 {
            Conn::Pg(conn) => conn.batch_execute("BEGIN; SELECT size FROM log_head WHERE id = 1 FOR UPDATE"),
            Conn::Sqlite(conn) => conn.batch_execute("BEGIN IMMEDIATE"),
        };
        held.unwrap();
    }

    /// Gives it back.
    pub fn lets_go(&mut self) {
        match &mut self.0 {
            Conn::Pg(conn) => conn.batch_execute("ROLLBACK").unwrap(),
            Conn::Sqlite(conn) => conn.batch_execute("ROLLBACK").unwrap(),
        }
    }

    /// The column `value` of every row, as text; empty for NULL.
    pub fn values(&mut self, sql: &str) -> Vec<String> {
        let rows: Vec<Value> = sql_query(sql).load(&mut self.0).unwrap_or_else(|why| panic!("{sql}: {why}"));
        rows.into_iter().map(|row| row.value.unwrap_or_default()).collect()
    }

    pub fn count(&mut self, table: &str) -> i64 {
        let count = self.values(&format!("SELECT CAST(count(*) AS text) AS value FROM {table}"));
        count[0].parse().unwrap()
    }

    /// An id as this database writes it in a statement.
    pub fn id(&self, id: impl std::fmt::Display) -> String {
        if self.is_sqlite() { format!("'{id}'") } else { format!("'{id}'::uuid") }
    }

    /// The current moment as this database writes it in a statement.
    pub fn moment(&self) -> &'static str {
        if self.is_sqlite() { "'2026-11-02T09:00:00.000000Z'" } else { "now()" }
    }
}

/// The database has heard that a client of its is dead, and let go.
pub fn nobody_is_left(url: &str) {
    let mut raw = Raw::open(url);
    if !raw.is_sqlite() {
        let others = "SELECT CAST(count(*) AS text) AS value FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        until("the database let go of the dead", || raw.values(others) == ["0"]);
    }
}
