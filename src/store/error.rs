//! What can go wrong in the store.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
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
    /// The database can't be reached or refused the statement.
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
                if is_busy { StoreError::Busy } else { StoreError::Down(message.to_owned()) }
            }
            other => StoreError::Down(other.to_string()),
        }
    }
}

impl From<crate::seal::SealError> for StoreError {
    fn from(error: crate::seal::SealError) -> Self {
        StoreError::Down(error.to_string())
    }
}
