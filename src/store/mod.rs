//! The register's tables, and the only room that knows diesel.
//!
//! Two ways to write and no third: [`Store::write`] runs an act that must leave a log entry, and
//! [`Store::housekeep`] may touch only the tables named in `housekeep`. Read [`transaction`] first.

mod conn;
mod dialect;
mod error;
mod pool;
mod schema;
mod types;

pub mod transaction;
mod writer;
pub mod keys;
pub mod log;
pub mod register;

pub mod cases;
pub mod counted;
pub mod directory;
pub mod documents;
pub mod links;
pub mod lists;
pub mod past_cases;
pub mod outbox;
pub mod queue;
pub mod search;
pub mod staff;
pub mod members;
pub mod access;
pub mod second_admin;

pub mod housekeep;

pub use conn::Conn;
pub use error::StoreError;
pub use transaction::{About, Stored, Tx};
pub use writer::ActError;

use std::sync::Arc;

use crate::seal::Key;

/// Runs the same body with the concrete backend, for what the common one lacks: batch insert, upsert.
macro_rules! on_backend {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::store::Conn::Pg($c) => $body,
            $crate::store::Conn::Sqlite($c) => $body,
        }
    };
}
pub(crate) use on_backend;

/// The register: connections for reading, and the one writer.
#[derive(Clone)]
pub struct Store {
    readers: pool::ReadPool,
    writer: Arc<writer::Writer>,
    installation: Key,
}

impl Store {
    /// Opens a register that is up to date.
    ///
    /// # Errors
    /// When it can't be reached, is newer than this program, or waits for a migration.
    pub fn open(url: &str, installation: Key, readers: u32) -> Result<Store, StoreError> {
        let mut conn = dialect::open(url)?;
        dialect::refuse_newer_schema(&mut conn)?;
        if !dialect::pending(&mut conn)?.is_empty() {
            return Err(StoreError::Unfit(
                "the register's schema is older than this Writ; run `writ migrate` first".into(),
            ));
        }
        drop(conn);
        let readers = pool::open(url, readers)?;
        let writer = Arc::new(writer::Writer::start(url, installation.clone())?);
        Ok(Store { readers, writer, installation })
    }

    /// Brings the schema of a register up to date. Returns the names of the migrations that ran.
    ///
    /// # Errors
    /// When it can't be reached, is newer than this program, or a migration fails.
    pub fn migrate(url: &str) -> Result<Vec<String>, StoreError> {
        let mut conn = dialect::open(url)?;
        let ran = dialect::migrate(&mut conn)?;
        // Cases opened before there was an index enter it now; where there are none this is one question.
        search::fill(&mut conn)?;
        Ok(ran)
    }

    /// Runs an act on the writer's thread: in a savepoint of a write transaction that may serve other acts too,
    /// answered after the commit. An act that leaves no entry in the log is not saved.
    ///
    /// # Errors
    /// What the act ends with; [`StoreError::Unrecorded`] when it left no entry; what the commit fails with.
    pub fn write<T, E>(&self, act: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: ActError,
    {
        self.writer.run(act)
    }

    /// Reads in one consistent view.
    ///
    /// # Errors
    /// What the reading ends with, and what the database fails with.
    pub fn read<T, E: From<StoreError>>(&self, read: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let mut conn = pool::take(&self.readers)?;
        dialect::begin_read(&mut conn)?;
        let result = read(&mut conn);
        match &result {
            Ok(_) => dialect::commit(&mut conn)?,
            // A connection that can't even do this is lost, and the pool replaces it; the error stays the first one.
            Err(_) => drop(dialect::rollback(&mut conn)),
        }
        result
    }

    /// The installation's key, under which data keys are sealed.
    pub fn installation_key(&self) -> &Key {
        &self.installation
    }
}
