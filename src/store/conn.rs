//! The connection enum in a file of its own: the derive pulls everything in scope into its module.

use diesel::{PgConnection, SqliteConnection};

/// A connection to either database. Which one is known here and in `dialect` alone.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}
