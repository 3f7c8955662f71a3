//! The whole database as a stream of bytes, and back: on SQLite a copy of the file, on PostgreSQL what `pg_dump` writes.
//! What [`Dump::conn`] reads is exactly what is in the stream, whoever writes meanwhile.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::{documents, log_head, registers};
use super::types::Id;
use super::{dialect, log};
use crate::audit::VerifierKey;
use crate::domain::id::DocumentId;

/// How many bytes are handed on at a time.
const PIECE: usize = 256 * 1024;

/// The tables whose rows hold personal data in plain, because they must be searchable or shown in lists.
pub const PLAIN_TABLES: &[&str] = &[
    "agencies",
    "approvals",
    "case_links",
    "cases",
    "checks",
    "comments",
    "demands",
    "documents",
    "litigation_holds",
    "officers",
    "past_cases",
    "saved_views",
    "search_keys",
    "search_words",
    "secrecy_orders",
    "staff",
];

/// The table that stands in a PostgreSQL database from before a restore begins until it is done.
const UNDER_WAY: &str = "restore_under_way";

/// Diesel's own table.
const MIGRATIONS: &str = "__diesel_schema_migrations";

/// A database as of one moment, to be taken away.
pub struct Dump {
    conn: Conn,
    from: Source,
}

enum Source {
    Copy(CopiedFile),
    Program { program: PathBuf, url: String, snapshot: String },
}

/// A copy of an SQLite database, locked as long as it is used and removed then.
struct CopiedFile {
    path: PathBuf,
    file: File,
}

/// What the register is at the moment of a dump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The log's name.
    pub origin: String,
    /// How many entries the log has.
    pub log_size: u64,
    /// The root over them, lower-case hex.
    pub log_root: String,
    /// The last checkpoint's note.
    pub checkpoint: Option<String>,
    /// How many documents there are.
    pub documents: u64,
    /// The public id of the installation's key in force.
    pub installation_key: String,
    /// The newest migration.
    pub schema: String,
    /// The key that signs the log, where it is not the first one.
    pub log_key: Option<VerifierKey>,
}

impl Dump {
    /// Holds on to the database as it is now. `tools` is the folder of PostgreSQL's programs; empty looks for them.
    ///
    /// # Errors
    /// When the database can't be read, its programs are missing or too old, or the disk is full.
    pub fn begin(url: &str, tools: &Path) -> Result<Dump, StoreError> {
        let mut conn = dialect::open(url)?;
        if let Some(path) = url.strip_prefix("sqlite://") {
            let copy = CopiedFile::of(&mut conn, Path::new(path))?;
            let conn = dialect::open_copy(&copy.path.display().to_string())?;
            return Ok(Dump { conn, from: Source::Copy(copy) });
        }
        let program = tool("pg_dump", tools, &mut conn)?;
        let snapshot = dialect::begin_shared_read(&mut conn)?.unwrap_or_default();
        Ok(Dump { conn, from: Source::Program { program, url: url.to_owned(), snapshot } })
    }

    /// The database as it is in the dump.
    pub fn conn(&mut self) -> &mut Conn {
        &mut self.conn
    }

    /// What the register is in the dump.
    ///
    /// # Errors
    /// When the database fails, or holds no register.
    pub fn moment(&mut self) -> Result<Moment, StoreError> {
        let conn = &mut self.conn;
        let origin: String = registers::table.find(1).select(registers::origin).first(conn)?;
        let (size, root, installation_key): (i64, Vec<u8>, String) =
            log_head::table.find(1).select((log_head::size, log_head::root, log_head::installation_key)).first(conn)?;
        let documents: i64 = documents::table.count().get_result(conn)?;
        let count = |number: i64, table| u64::try_from(number).map_err(|e| StoreError::corrupt(table, 1, e));
        Ok(Moment {
            origin,
            log_size: count(size, "log_head")?,
            log_root: hex::encode(root),
            checkpoint: log::last_note(conn)?,
            log_key: log::handovers(conn)?.pop().map(|last| last.to),
            documents: count(documents, "documents")?,
            installation_key,
            schema: dialect::schema_version(conn)?,
        })
    }

    /// The ids of documents, in their order: those after one, at most a thousand.
    ///
    /// # Errors
    /// When the database fails.
    pub fn documents_after(&mut self, after: Option<DocumentId>) -> Result<Vec<DocumentId>, StoreError> {
        let mut query = documents::table.select(documents::id).order(documents::id.asc()).limit(1_000).into_boxed();
        if let Some(after) = after {
            query = query.filter(documents::id.gt(Id(after.0)));
        }
        let ids: Vec<Id> = query.load(&mut self.conn)?;
        Ok(ids.into_iter().map(|id| DocumentId(id.0)).collect())
    }

    /// Hands on the whole database, piece by piece.
    ///
    /// # Errors
    /// When it can't be read, and what the taker ends with.
    pub fn stream<E: From<StoreError>>(&mut self, mut take: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        match &mut self.from {
            Source::Copy(copy) => {
                let mut file = copy.opened()?;
                hand_on(&mut file, &mut take)
            }
            Source::Program { program, url, snapshot } => {
                let mut command = on_database(program, url);
                command.args(["--format=custom", "--compress=0", "--no-owner", "--no-privileges", "--no-password"]);
                command.arg(format!("--snapshot={snapshot}"));
                let mut running = Running::of(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
                let out = running.child.stdout.take();
                let mut out = out.ok_or_else(|| StoreError::Down("pg_dump can't be read from".into()))?;
                hand_on(&mut out, &mut take)?;
                Ok(running.ends("pg_dump")?)
            }
        }
    }
}

/// Ends of its own when a taker gives up: the program is killed when its pipe closes, the copy when this is dropped.
fn hand_on<E: From<StoreError>>(from: &mut impl Read, take: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    let mut piece = vec![0; PIECE];
    loop {
        match from.read(&mut piece).map_err(failed)? {
            0 => return Ok(()),
            read => take(piece.get(..read).unwrap_or_default())?,
        }
    }
}

impl CopiedFile {
    #[allow(clippy::disallowed_methods, reason = "a copy of the database lies beside it, and this room knows where")]
    fn of(conn: &mut Conn, database: &Path) -> Result<CopiedFile, StoreError> {
        remove_left_copies(database)?;
        let name = format!("{}.copy-{}", file_name(database), crate::system::fresh_id());
        let path = database.with_file_name(name);
        let file =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path).map_err(failed)?;
        let copy = CopiedFile { path, file };
        copy.file.lock().map_err(failed)?;
        dialect::copy_into(conn, &copy.path.display().to_string())?;
        Ok(copy)
    }

    #[allow(clippy::disallowed_methods, reason = "as above")]
    fn opened(&self) -> Result<File, StoreError> {
        File::open(&self.path).map_err(failed)
    }
}

impl Drop for CopiedFile {
    #[allow(clippy::disallowed_methods, reason = "as above")]
    fn drop(&mut self) {
        // One that can't be removed now is removed by the next backup.
        let _left = std::fs::remove_file(&self.path);
    }
}

/// Removes copies that a crash left: those that nobody holds.
#[allow(clippy::disallowed_methods, reason = "as above")]
fn remove_left_copies(database: &Path) -> Result<(), StoreError> {
    let begins = format!("{}.copy-", file_name(database));
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if !file_name(&path).starts_with(&begins) {
            continue;
        }
        let Ok(file) = File::open(&path) else { continue };
        match file.try_lock() {
            Ok(()) => std::fs::remove_file(&path).map_err(failed)?,
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
    Ok(())
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn failed(error: std::io::Error) -> StoreError {
    StoreError::Down(error.to_string())
}

// ── back ─────────────────────────────────────────────────────────────────────────

/// A database that is being restored from a dump.
pub struct Load(Target);

enum Target {
    File(File),
    Program(Running),
}

impl Load {
    /// Begins to restore into an empty PostgreSQL database, or into a file that is not there.
    ///
    /// # Errors
    /// When there is something already, or it can't be written.
    #[allow(clippy::disallowed_methods, reason = "an SQLite database is a file, and this room knows where")]
    pub fn begin(url: &str, tools: &Path) -> Result<Load, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
            return Ok(Load(Target::File(made.map_err(failed)?)));
        }
        let mut conn = dialect::open(url)?;
        let program = tool("pg_restore", tools, &mut conn)?;
        empty(&mut conn)?;
        conn.batch_execute(&format!("CREATE TABLE {UNDER_WAY} (since timestamptz NOT NULL DEFAULT now())"))?;
        let mut command = on_database(&program, url);
        command.args(["--format=custom", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]);
        command.arg("--no-password");
        Ok(Load(Target::Program(Running::of(command.stdin(Stdio::piped()).stdout(Stdio::null()))?)))
    }

    /// Takes the next bytes of the dump.
    ///
    /// # Errors
    /// When they can't be written; the program's own words where it has ended.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        match &mut self.0 {
            Target::File(file) => file.write_all(bytes).map_err(failed),
            Target::Program(running) => {
                let written = running.child.stdin.as_mut().map(|input| input.write_all(bytes));
                match written {
                    Some(Ok(())) => Ok(()),
                    _ => running.ends("pg_restore").and(Err(StoreError::Down("pg_restore ended too early".into()))),
                }
            }
        }
    }

    /// Ends it: what was restored is on the disk.
    ///
    /// # Errors
    /// When it can't be ended; nothing is restored then.
    pub fn finish(self) -> Result<(), StoreError> {
        match self.0 {
            Target::File(file) => file.sync_all().map_err(failed),
            Target::Program(mut running) => {
                drop(running.child.stdin.take());
                running.ends("pg_restore")
            }
        }
    }
}

/// Whether a restore could begin on this database: on SQLite no file, on PostgreSQL no table but those that a restore left
/// that was cut short.
///
/// # Errors
/// [`StoreError::Unfit`] when there is something; when it can't be reached.
pub fn refuse_unless_empty(url: &str) -> Result<(), StoreError> {
    if let Some(path) = url.strip_prefix("sqlite://") {
        return if Path::new(path).exists() {
            Err(StoreError::Unfit(format!("there is a register at {path} already; restore into an empty place")))
        } else {
            Ok(())
        };
    }
    let mut conn = dialect::open(url)?;
    let (tables, _) = dialect::list_all(&mut conn)?;
    if is_blank(&mut conn, &tables)? || tables.iter().any(|table| table == UNDER_WAY) {
        return Ok(());
    }
    Err(StoreError::Unfit(
        "the database is not empty; make a new one (createdb) and name it in register.database".into(),
    ))
}

/// Whether there is no table, or only the one that a look for migrations makes, with nothing in it.
fn is_blank(conn: &mut Conn, tables: &[String]) -> Result<bool, StoreError> {
    match tables {
        [] => Ok(true),
        [only] if only == MIGRATIONS => dialect::no_migration_ran(conn),
        _ => Ok(false),
    }
}

/// Takes away what a restore left that was cut short, which its mark stands beside.
fn empty(conn: &mut Conn) -> Result<(), StoreError> {
    let (tables, functions) = dialect::list_all(conn)?;
    if is_blank(conn, &tables)? {
        return Ok(conn.batch_execute(&format!("DROP TABLE IF EXISTS {MIGRATIONS}"))?);
    }
    if !tables.iter().any(|table| table == UNDER_WAY) {
        return Err(StoreError::Unfit("the database is not empty".into()));
    }
    // The mark goes last: cut short once more, it still stands there.
    for table in tables.iter().filter(|table| *table != UNDER_WAY) {
        conn.batch_execute(&format!("DROP TABLE \"{table}\" CASCADE"))?;
    }
    for function in functions {
        conn.batch_execute(&format!("DROP FUNCTION {function} CASCADE"))?;
    }
    Ok(conn.batch_execute(&format!("DROP TABLE {UNDER_WAY}"))?)
}

/// Refuses a database into which a restore was cut short.
///
/// # Errors
/// [`StoreError::Unfit`] then.
pub(super) fn refuse_half_restored(conn: &mut Conn) -> Result<(), StoreError> {
    let (tables, _) = dialect::list_all(conn)?;
    if tables.iter().any(|table| table == UNDER_WAY) {
        return Err(StoreError::Unfit(
            "a restore into this database was cut short, or is under way: nothing of it counts; run `writ restore` again"
                .into(),
        ));
    }
    Ok(())
}

/// Says that a restore is done: on PostgreSQL its mark goes, on SQLite all is gathered in the one file, which can be renamed
/// then. Nobody may have the register open any more.
///
/// # Errors
/// When the database fails, or somebody has it open for long.
pub fn restore_is_done(url: &str) -> Result<(), StoreError> {
    let Some(file) = url.strip_prefix("sqlite://") else {
        return Ok(dialect::open(url)?.batch_execute(&format!("DROP TABLE {UNDER_WAY}"))?);
    };
    // The writer's thread closes its connection when it sees that nobody needs it any more.
    for _ in 0..200 {
        match dialect::gather(file) {
            Err(StoreError::Busy) => std::thread::park_timeout(std::time::Duration::from_millis(50)),
            gathered => return gathered,
        }
    }
    Err(StoreError::Busy)
}

// ── PostgreSQL's programs ────────────────────────────────────────────────────────

/// A program, and what it complains of.
struct Running {
    child: Child,
    said: Option<JoinHandle<String>>,
}

impl Running {
    fn of(command: &mut Command) -> Result<Running, StoreError> {
        let mut child = command.stderr(Stdio::piped()).spawn().map_err(failed)?;
        let said = child.stderr.take().map(|mut stderr| {
            std::thread::spawn(move || {
                let mut text = Vec::new();
                // It must be read to its end, or the program waits for ever; only its beginning is kept.
                let _broken_off = (&mut stderr).take(4_096).read_to_end(&mut text);
                let _rest = std::io::copy(&mut stderr, &mut std::io::sink());
                String::from_utf8_lossy(&text).into_owned()
            })
        });
        Ok(Running { child, said })
    }

    fn ends(&mut self, name: &str) -> Result<(), StoreError> {
        drop(self.child.stdin.take());
        let status = self.child.wait().map_err(failed)?;
        let said = self.said.take().and_then(|said| said.join().ok()).unwrap_or_default();
        if status.success() {
            return Ok(());
        }
        let first = said.lines().next().unwrap_or("it does not say why");
        Err(StoreError::Unfit(format!("{name} failed: {first}")))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Of one that has ended nothing is left to end.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// A program of PostgreSQL's on a database. A password goes by the environment, where others can't read it.
fn on_database(program: &Path, url: &str) -> Command {
    let mut command = Command::new(program);
    let Ok(mut parsed) = url::Url::parse(url) else {
        command.arg(format!("--dbname={url}"));
        return command;
    };
    let mut password = parsed.password().map(str::to_owned);
    let _kept = parsed.set_password(None);
    let query: Vec<(String, String)> = parsed.query_pairs().into_owned().collect();
    if let Some((_, given)) = query.iter().find(|(name, _)| name == "password") {
        password = Some(given.clone());
        let rest = query.iter().filter(|(name, _)| name != "password");
        parsed.query_pairs_mut().clear().extend_pairs(rest).finish();
    }
    if let Some(password) = password {
        let plain = url::form_urlencoded::parse(format!("p={}", password.replace('+', "%2B")).as_bytes())
            .next()
            .map(|(_, value)| value.into_owned());
        command.env("PGPASSWORD", plain.unwrap_or(password));
    }
    command.arg(format!("--dbname={parsed}"));
    command
}

/// One of PostgreSQL's programs that is no older than the server.
fn tool(name: &str, folder: &Path, conn: &mut Conn) -> Result<PathBuf, StoreError> {
    let server = dialect::server_major(conn)?.unwrap_or_default();
    let candidates = if folder.as_os_str().is_empty() { usual_places(name) } else { vec![folder.join(name)] };
    let mut found = None;
    for program in candidates {
        let Some(major) = major(&program) else { continue };
        if major >= server {
            return Ok(program);
        }
        found = Some(major);
    }
    let place = if folder.as_os_str().is_empty() {
        "on the PATH and in /usr/lib/postgresql".to_owned()
    } else {
        format!("in {}, which backup.postgres_tools names", folder.display())
    };
    Err(StoreError::Unfit(match found {
        Some(old) => format!(
            "{name} {place} is of PostgreSQL {old}, older than the server, {server}; install the client programs of \
             {server} or a later one, or name their folder in backup.postgres_tools"
        ),
        None => format!(
            "{name} was not found {place}; install the client programs of PostgreSQL {server} or a later one, or name \
             their folder in backup.postgres_tools"
        ),
    }))
}

/// The path first, then where Debian keeps the programs, one folder per version, newest first.
#[allow(clippy::disallowed_methods, reason = "programs of the database are looked for where they are installed")]
fn usual_places(name: &str) -> Vec<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let number = |path: &PathBuf| file_name(path).parse::<u32>().unwrap_or_default();
    let mut versions: Vec<PathBuf> = versions.map(|entry| entry.path()).collect();
    versions.sort_by_key(|path| std::cmp::Reverse(number(path)));
    let debian = versions.into_iter().map(|path| path.join("bin").join(name));
    std::iter::once(PathBuf::from(name)).chain(debian).collect()
}

/// `pg_dump (PostgreSQL) 15.18 (Debian …)` → 15.
fn major(program: &Path) -> Option<u32> {
    let told = Command::new(program).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let number = told.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
