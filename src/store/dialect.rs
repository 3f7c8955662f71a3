//! The only file that knows which database it is: opening, settings, beginning a write, locking the head.

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use diesel::{PgConnection, SqliteConnection, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::Conn;
use super::error::StoreError;
use super::on_backend;
use super::types::{Id, Ts};

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

/// What came of emptying SQLite's write-ahead log.
#[derive(QueryableByName)]
struct Emptied {
    /// Not 0 where others kept it from that.
    #[diesel(sql_type = Integer)]
    busy: i32,
}

/// Opens a connection by the URL's scheme and settles its settings. A mistyped URL never makes a file.
///
/// # Errors
/// When the scheme is unknown, the database can't be reached, or a setting that evidence needs does not hold.
pub fn open(url: &str) -> Result<Conn, StoreError> {
    if let Some(path) = url.strip_prefix("sqlite://") {
        let conn = SqliteConnection::establish(path).map_err(|e| StoreError::Down(e.to_string()))?;
        settle_sqlite(conn)
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        refuse_tls_without_support(url)?;
        let conn = PgConnection::establish(url).map_err(|e| StoreError::Away(e.to_string()))?;
        settle_postgres(conn)
    } else {
        Err(StoreError::Unfit("a database URL begins with sqlite:// or postgres://".into()))
    }
}

/// `busy_timeout` comes first, so that the other settings wait for a lock instead of failing on it.
fn settle_sqlite(mut conn: SqliteConnection) -> Result<Conn, StoreError> {
    conn.batch_execute(
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; \
         PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;",
    )?;
    for (setting, wanted) in
        [("foreign_keys", "1"), ("synchronous", "2"), ("journal_mode", "wal"), ("trusted_schema", "0")]
    {
        let ask = format!("SELECT CAST({setting} AS TEXT) AS value FROM pragma_{setting}");
        let got: Setting = sql_query(ask).get_result(&mut conn)?;
        assert_setting(setting, &got.value, wanted)?;
    }
    Ok(Conn::Sqlite(conn))
}

fn settle_postgres(mut conn: PgConnection) -> Result<Conn, StoreError> {
    conn.batch_execute(
        "SET synchronous_commit = on; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '60s'; \
         SET default_transaction_isolation = 'read committed'; SET timezone = 'UTC';",
    )?;
    for (setting, wanted) in [("synchronous_commit", "on"), ("default_transaction_isolation", "read committed")] {
        let ask = format!("SELECT current_setting('{setting}') AS value");
        let got: Setting = sql_query(ask).get_result(&mut conn)?;
        assert_setting(setting, &got.value, wanted)?;
    }
    Ok(Conn::Pg(conn))
}

fn assert_setting(setting: &str, got: &str, wanted: &str) -> Result<(), StoreError> {
    if got == wanted {
        Ok(())
    } else {
        Err(StoreError::Unfit(format!("the database's setting {setting} is “{got}”; the register needs “{wanted}”")))
    }
}

/// libpq is built in without TLS: asking for it must fail loudly, not connect in the clear.
fn refuse_tls_without_support(url: &str) -> Result<(), StoreError> {
    let asks = ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"];
    if asks.iter().any(|mode| url.contains(mode)) {
        return Err(StoreError::Unfit(
            "the database URL asks for TLS, which this build does not have; use a unix socket or a TLS proxy".into(),
        ));
    }
    Ok(())
}

/// Brings the schema up to date. Returns the names of the migrations that ran.
///
/// # Errors
/// When the schema is newer than this program, or a migration fails.
pub fn migrate(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    refuse_newer_schema(conn)?;
    let ran = match conn {
        Conn::Pg(c) => c.run_pending_migrations(POSTGRES_MIGRATIONS),
        Conn::Sqlite(c) => c.run_pending_migrations(SQLITE_MIGRATIONS),
    };
    Ok(ran.map_err(|e| StoreError::Down(e.to_string()))?.iter().map(ToString::to_string).collect())
}

/// Names of migrations this program knows that have not run yet.
///
/// # Errors
/// When the database can't be asked.
pub fn pending(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let pending = match conn {
        Conn::Pg(c) => {
            c.pending_migrations(POSTGRES_MIGRATIONS).map(|all| all.iter().map(|m| m.name().to_string()).collect())
        }
        Conn::Sqlite(c) => {
            c.pending_migrations(SQLITE_MIGRATIONS).map(|all| all.iter().map(|m| m.name().to_string()).collect())
        }
    };
    pending.map_err(|e| StoreError::Down(e.to_string()))
}

/// Fails with one sentence when the schema holds migrations this program does not know.
///
/// # Errors
/// When the schema is newer, or the database can't be asked.
pub fn refuse_newer_schema(conn: &mut Conn) -> Result<(), StoreError> {
    let applied = match conn {
        Conn::Pg(c) => c.applied_migrations().map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>()),
        Conn::Sqlite(c) => c.applied_migrations().map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>()),
    };
    let applied = applied.map_err(|e| StoreError::Down(e.to_string()))?;
    let known = known_versions(conn)?;
    match applied.iter().find(|version| !known.contains(version)) {
        Some(newer) => Err(StoreError::Unfit(format!(
            "the register was made by a newer Writ (schema {newer}); start it with that version or a later one"
        ))),
        None => Ok(()),
    }
}

/// Fails with one sentence unless the schema is exactly what this program was made for. It only reads, so that it may be
/// asked often and of a register that others write to.
///
/// # Errors
/// When the schema is older or newer, or the database can't be asked.
pub fn check_schema(conn: &mut Conn) -> Result<(), StoreError> {
    let applied: Vec<Setting> = sql_query("SELECT version AS value FROM __diesel_schema_migrations").load(conn)?;
    let known = known_versions(conn)?;
    let is_applied = |version: &String| applied.iter().any(|one| one.value == *version);
    if !known.iter().all(is_applied) {
        return Err(StoreError::Unfit("the register's schema is older than this Writ; run `writ migrate`".into()));
    }
    if applied.len() > known.len() {
        return Err(StoreError::Unfit("the register's schema is newer than this Writ; start a later one".into()));
    }
    Ok(())
}

fn known_versions(conn: &Conn) -> Result<Vec<String>, StoreError> {
    use diesel::migration::MigrationSource;
    let known = match conn {
        Conn::Pg(_) => MigrationSource::<diesel::pg::Pg>::migrations(&POSTGRES_MIGRATIONS)
            .map(|all| all.iter().map(|m| m.name().version().to_string()).collect()),
        Conn::Sqlite(_) => MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE_MIGRATIONS)
            .map(|all| all.iter().map(|m| m.name().version().to_string()).collect()),
    };
    known.map_err(|e| StoreError::Down(e.to_string()))
}

/// Begins a write: at once with the write lock on SQLite, plainly on PostgreSQL, where the lock is the head's.
/// Diesel's own manager begins it, so that what diesel nests becomes a savepoint.
///
/// # Errors
/// When the lock can't be had in five seconds.
pub fn begin_write(conn: &mut Conn) -> Result<(), StoreError> {
    Ok(match conn {
        Conn::Pg(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL READ COMMITTED"),
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
    }?)
}

/// Begins a read that sees one state throughout.
///
/// # Errors
/// When the database can't be reached.
pub fn begin_read(conn: &mut Conn) -> Result<(), StoreError> {
    Ok(match conn {
        Conn::Pg(c) => {
            AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        }
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN DEFERRED"),
    }?)
}

/// Writes all tables anew, so that nothing of rows that are gone is left in the database's own files.
///
/// # Errors
/// [`StoreError::Busy`] where others hold it; when the database fails.
pub fn compact(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Pg(c) => {
            // What the planner knows of columns has values in it, those of rows that are gone too: it is learnt anew.
            c.batch_execute("VACUUM (FULL, ANALYZE)")?;
            c.batch_execute("VACUUM (FULL) pg_catalog.pg_statistic")?;
        }
        Conn::Sqlite(c) => {
            c.batch_execute("VACUUM")?;
            // What was there before stands in the write-ahead log until that is emptied.
            let emptied: Emptied = sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(c)?;
            if emptied.busy != 0 {
                return Err(StoreError::Busy);
            }
        }
    }
    Ok(())
}

/// Commits what was begun.
///
/// # Errors
/// [`StoreError::Busy`] when it has to wait for others; nothing is kept then. After any other error it is not known
/// whether it is kept.
pub fn commit(conn: &mut Conn) -> Result<(), StoreError> {
    Ok(on_backend!(conn, |c| AnsiTransactionManager::commit_transaction(c))?)
}

/// Undoes what was begun.
///
/// # Errors
/// When the connection is lost, which undoes it too.
pub fn rollback(conn: &mut Conn) -> Result<(), StoreError> {
    Ok(on_backend!(conn, |c| AnsiTransactionManager::rollback_transaction(c))?)
}

/// Locks the head of the log until the transaction ends. SQLite's write lock does that already.
///
/// # Errors
/// When another node holds it for more than five seconds.
pub fn lock_head(conn: &mut Conn) -> Result<(), StoreError> {
    if let Conn::Pg(c) = conn {
        c.batch_execute("SELECT size FROM log_head WHERE id = 1 FOR UPDATE")?;
    }
    Ok(())
}

/// The mail that is due first, locked until the transaction ends. One that another node holds is passed over, so
/// that two nodes never take the same. SQLite's write lock does that already.
///
/// # Errors
/// When the database fails.
pub fn lock_due_mail(conn: &mut Conn, now: Ts) -> Result<Option<Id>, StoreError> {
    use super::schema::outbox::dsl;
    let due = dsl::outbox
        .filter(dsl::sent_at.is_null().and(dsl::failed_at.is_null()).and(dsl::dropped_at.is_null()))
        .filter(dsl::not_before.le(now))
        .order((dsl::not_before.asc(), dsl::id.asc()))
        .limit(1)
        .select(dsl::id);
    Ok(match conn {
        Conn::Pg(c) => due.for_update().skip_locked().first(c).optional(),
        Conn::Sqlite(c) => due.first(c).optional(),
    }?)
}

/// A copy of an SQLite database in another file, whole and of one moment, while others go on writing. The file must be
/// empty. Pages that were given up are not in it.
///
/// # Errors
/// When it can't be written.
pub fn copy_into(conn: &mut Conn, file: &str) -> Result<(), StoreError> {
    match conn {
        Conn::Pg(_) => Err(StoreError::Unfit("only SQLite is copied as a file".into())),
        Conn::Sqlite(c) => {
            sql_query("VACUUM INTO ?").bind::<Text, _>(file).execute(c)?;
            Ok(())
        }
    }
}

/// Opens such a copy as it lies there, without settling anything.
///
/// # Errors
/// When it can't be opened.
pub fn open_copy(file: &str) -> Result<Conn, StoreError> {
    Ok(Conn::Sqlite(SqliteConnection::establish(file).map_err(|e| StoreError::Down(e.to_string()))?))
}

/// Begins a read on PostgreSQL that another program can share for as long as it lasts. Gives the name it shares it by;
/// none on SQLite.
///
/// # Errors
/// When the database fails.
pub fn begin_shared_read(conn: &mut Conn) -> Result<Option<String>, StoreError> {
    let Conn::Pg(c) = conn else { return Ok(None) };
    c.batch_execute("SET idle_in_transaction_session_timeout = 0")?;
    AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
    let name: Setting = sql_query("SELECT pg_export_snapshot() AS value").get_result(c)?;
    Ok(Some(name.value))
}

/// The major version of a PostgreSQL server; none on SQLite.
///
/// # Errors
/// When the database fails.
pub fn server_major(conn: &mut Conn) -> Result<Option<u32>, StoreError> {
    let Conn::Pg(c) = conn else { return Ok(None) };
    let number: Setting = sql_query("SELECT current_setting('server_version_num') AS value").get_result(c)?;
    Ok(number.value.parse::<u32>().ok().map(|number| number / 10_000))
}

/// The tables of a PostgreSQL database, and its functions with their arguments; of SQLite none.
///
/// # Errors
/// When the database fails.
pub fn list_all(conn: &mut Conn) -> Result<(Vec<String>, Vec<String>), StoreError> {
    let Conn::Pg(c) = conn else { return Ok((Vec::new(), Vec::new())) };
    let tables: Vec<Setting> =
        sql_query("SELECT tablename::text AS value FROM pg_tables WHERE schemaname = current_schema()").load(c)?;
    let functions: Vec<Setting> = sql_query(
        "SELECT oid::regprocedure::text AS value FROM pg_proc WHERE pronamespace = current_schema()::regnamespace",
    )
    .load(c)?;
    let values = |all: Vec<Setting>| all.into_iter().map(|one| one.value).collect();
    Ok((values(tables), values(functions)))
}

/// The newest migration that ran.
///
/// # Errors
/// When the database fails.
pub fn schema_version(conn: &mut Conn) -> Result<String, StoreError> {
    let newest = "SELECT max(version) AS value FROM __diesel_schema_migrations";
    let newest: Setting = sql_query(newest).get_result(conn)?;
    Ok(newest.value)
}

/// Makes sure that all of an SQLite database is in its one file and nobody has it open any more.
///
/// # Errors
/// [`StoreError::Busy`] while somebody has.
pub fn gather(file: &str) -> Result<(), StoreError> {
    let mut conn = SqliteConnection::establish(file).map_err(|e| StoreError::Down(e.to_string()))?;
    conn.batch_execute("PRAGMA busy_timeout = 100; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")?;
    let mode: Setting = sql_query("SELECT journal_mode AS value FROM pragma_journal_mode").get_result(&mut conn)?;
    if mode.value == "delete" { Ok(()) } else { Err(StoreError::Busy) }
}

/// Whether the table of migrations is there and empty.
///
/// # Errors
/// When there is no such table.
pub fn no_migration_ran(conn: &mut Conn) -> Result<bool, StoreError> {
    let ran: Vec<Setting> = sql_query("SELECT version AS value FROM __diesel_schema_migrations").load(conn)?;
    Ok(ran.is_empty())
}

/// What a column holds, as far as its text differs between the databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// Yes or no.
    Bool,
    /// Bytes.
    Bytes,
    /// A day.
    Day,
    /// A moment.
    Moment,
    /// An id.
    Id,
}

/// An expression that gives a column as the bytes of one text, the same on both databases: whatever stands there, also what
/// is no text, no id and no moment. Yes is `1`; bytes are lower-case hex.
pub fn as_text_bytes(conn: &Conn, kind: Kind, column: &str) -> String {
    let column = format!("\"{column}\"");
    match conn {
        Conn::Sqlite(_) => match kind {
            Kind::Bytes => {
                format!("CASE WHEN {column} IS NULL THEN NULL ELSE CAST(lower(hex({column})) AS BLOB) END")
            }
            _ => format!("CAST({column} AS BLOB)"),
        },
        Conn::Pg(_) => {
            let text = match kind {
                Kind::Text => column,
                Kind::Number | Kind::Id => format!("{column}::text"),
                Kind::Bool => format!("{column}::int::text"),
                Kind::Bytes => format!("encode({column}, 'hex')"),
                Kind::Day => format!("to_char({column}, 'YYYY-MM-DD')"),
                Kind::Moment => {
                    format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
                }
            };
            format!("convert_to({text}, 'UTF8')")
        }
    }
}
