//! What can go wrong in the store.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// What can go wrong in the store.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Somebody else holds what is needed; trying again may succeed.
    #[error("the register is busy; try again in a moment")]
    Busy,
    /// The row has changed since it was read.
    #[error("somebody changed this since you read it")]
    Conflict,
    /// An earlier submit of the same form did it, here or on another node.
    #[error("this was done already")]
    DoneBefore,
    /// A row that makes no sense. Names what and where, never what it holds.
    #[error("the row {id} of table {table} makes no sense: {why}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row.
        id: String,
        /// What is wrong with it.
        why: String,
    },
    /// An act that would have changed something without a log entry.
    #[error("an act left no entry in the log, so nothing was saved")]
    Unrecorded,
    /// The register, its address or its settings are not fit to be worked on; says what would make them so.
    #[error("{0}")]
    Unfit(String),
    /// The database can't be reached, or went away before anything was committed. Trying again may succeed.
    #[error("the database can't be reached: {0}")]
    Away(String),
    /// The database went away while it was told to commit: whether the act was done is not known.
    #[error("the database went away during a commit, whether it was done is not known: {0}")]
    InDoubt(String),
    /// The database refused the statement, or the program can't go on.
    #[error("the database failed: {0}")]
    Down(String),
}

impl StoreError {
    /// A row that makes no sense.
    pub fn corrupt(table: &'static str, id: impl ToString, why: impl ToString) -> Self {
        StoreError::Corrupt { table, id: id.to_string(), why: why.to_string() }
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => StoreError::Conflict,
            DieselError::DatabaseError(kind, info) => {
                let message = info.message();
                let is_busy = message.contains("database is locked")
                    || message.contains("lock timeout")
                    || matches!(kind, DatabaseErrorKind::SerializationFailure);
                let is_lost =
                    matches!(kind, DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand);
                match (is_busy, is_lost) {
                    (true, _) => StoreError::Busy,
                    (_, true) => StoreError::Away(message.to_owned()),
                    _ => StoreError::Down(message.to_owned()),
                }
            }
            // What is left of a connection that was lost in the middle of a transaction.
            DieselError::BrokenTransactionManager => StoreError::Away(error.to_string()),
            other => StoreError::Down(other.to_string()),
        }
    }
}

impl From<crate::seal::SealError> for StoreError {
    fn from(error: crate::seal::SealError) -> Self {
        StoreError::Down(error.to_string())
    }
}
