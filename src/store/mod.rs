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
pub mod dump;
pub mod log;
pub mod register;

pub mod cases;
pub mod counted;
pub mod directory;
pub mod documents;
pub mod links;
pub mod clocks;
pub mod lists;
pub mod past_cases;
pub mod outbox;
pub mod queue;
pub mod search;
pub mod staff;
pub mod members;
pub mod access;
pub mod second_admin;
pub mod law;
pub mod alarms;
pub mod samples;
pub mod audit_notes;
pub mod holds;
pub mod erasures;
pub mod erase;

pub mod replay;

pub mod housekeep;
pub mod play;
pub mod once;
pub mod recall;

pub use conn::Conn;
pub use error::StoreError;
pub use transaction::{About, Stored, Tx};
pub use writer::ActError;

use std::sync::Arc;
use std::time::Duration;

use crate::domain::id::AgencyId;
use crate::meters::Meters;
use crate::seal::Key;
use once::Claim;
use recall::Recall;

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

/// Gives what a query finds to a closure row by row, so that no more than one is held at a time.
macro_rules! each_row {
    ($conn:expr, $query:expr, $row:ty, $each:expr) => {
        match $conn {
            $crate::store::Conn::Pg(conn) => {
                $query.load_iter::<$row, diesel::pg::PgRowByRowLoadingMode>(conn)?.try_for_each($each)
            }
            $crate::store::Conn::Sqlite(conn) => {
                $query.load_iter::<$row, diesel::connection::DefaultLoadingMode>(conn)?.try_for_each($each)
            }
        }
    };
}
pub(crate) use each_row;

/// The register: connections for reading, and the one writer.
#[derive(Clone)]
pub struct Store {
    readers: pool::ReadPool,
    writer: Arc<writer::Writer>,
    installation: Key,
    meters: Meters,
    claim: Option<Arc<Claim>>,
    known: Arc<Known>,
}

/// What was counted, until something changes.
#[derive(Default)]
struct Known {
    desks: Recall<queue::Desk>,
    lanes: Recall<queue::Counts>,
    agencies: Recall<Vec<(AgencyId, String, String)>>,
    people: Recall<staff::People>,
    waiting: Recall<usize>,
}

impl Store {
    /// Opens a register that is up to date.
    ///
    /// # Errors
    /// When it can't be reached, is newer than this program, or waits for a migration.
    pub fn open(url: &str, installation: Key, readers: u32) -> Result<Store, StoreError> {
        dump::refuse_half_restored(&mut dialect::open(url)?)?;
        Store::open_restored(url, installation, readers)
    }

    /// The same for whoever is restoring it.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_restored(url: &str, installation: Key, readers: u32) -> Result<Store, StoreError> {
        let mut conn = dialect::open(url)?;
        dialect::refuse_newer_schema(&mut conn)?;
        if !dialect::pending(&mut conn)?.is_empty() {
            return Err(StoreError::Unfit(
                "the register's schema is older than this Writ; run `writ migrate` first".into(),
            ));
        }
        keys::settle(&mut conn, &installation)?;
        drop(conn);
        let readers = pool::open(url, readers)?;
        let meters = Meters::new().map_err(|e| StoreError::Unfit(e.to_string()))?;
        let writer = Arc::new(writer::Writer::start(url, installation.clone(), meters.acts.clone())?);
        Ok(Store { readers, writer, installation, meters, claim: None, known: Arc::default() })
    }

    /// Writes the database's files anew, so that nothing of rows that are gone is left in them.
    ///
    /// # Errors
    /// When it is in use, or fails.
    pub fn compact(url: &str) -> Result<(), StoreError> {
        let mut conn = dialect::open(url)?;
        dialect::check_schema(&mut conn)?;
        dialect::compact(&mut conn)
    }

    /// What the bar of every page counts.
    pub fn desks(&self) -> &Recall<queue::Desk> {
        &self.known.desks
    }

    /// What the queue counts in each lane.
    pub fn lanes(&self) -> &Recall<queue::Counts> {
        &self.known.lanes
    }

    /// Agencies with cases in a lane.
    pub fn agencies(&self) -> &Recall<Vec<(AgencyId, String, String)>> {
        &self.known.agencies
    }

    /// Everybody's name, and colleagues.
    pub fn people(&self) -> &Recall<staff::People> {
        &self.known.people
    }

    /// How many papers somebody took in that have no case.
    pub fn waiting(&self) -> &Recall<usize> {
        &self.known.waiting
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
        let Some(claim) = self.claim.clone() else { return self.writer.run(act) };
        let taken = claim.clone();
        let done = self.writer.run(move |tx| {
            taken.take(tx)?;
            act(tx)
        })?;
        claim.keep();
        Ok(done)
    }

    /// The same register, whose acts are done under a one-time id: they fail with [`StoreError::DoneBefore`] where an
    /// earlier submit has it, on whatever node.
    #[must_use]
    pub fn claiming(&self, claim: Arc<Claim>) -> Store {
        Store { claim: Some(claim), ..self.clone() }
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

    /// Asks whether the register can be read and has the schema this program was made for.
    ///
    /// # Errors
    /// When it can't be reached in this time, or the schema is older or newer.
    pub fn check_schema(&self, within: Duration) -> Result<(), StoreError> {
        let mut conn = self.readers.get_timeout(within).map_err(|e| StoreError::Down(e.to_string()))?;
        dialect::check_schema(&mut conn)
    }

    /// Asks whether the writer answers and can begin a write.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when it does not answer in this time; what beginning fails with.
    pub fn check_writer(&self, within: Duration) -> Result<(), StoreError> {
        self.writer.probe(within)
    }

    /// From now on acts that wait, or come, are refused as busy: the program is about to end.
    pub fn end(&self) {
        self.writer.end();
    }

    /// How many connections for reading are in use, and how many there may be.
    pub fn readers_in_use(&self) -> (u32, u32) {
        let state = self.readers.state();
        (state.connections.saturating_sub(state.idle_connections), self.readers.max_size())
    }

    /// What is counted here.
    pub fn meters(&self) -> &Meters {
        &self.meters
    }

    /// The installation's key, under which data keys are sealed.
    pub fn installation_key(&self) -> &Key {
        &self.installation
    }
}
