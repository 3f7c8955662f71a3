//! What the log tells of backups: for whoever answers for them, who reads no log.

use serde_json::Value;

use super::view_rules::check;
use super::{ActionError, Ctx, SignedIn};
use crate::domain::staff::Verb;
use crate::domain::time::Instant;
use crate::store::log::{LogFilter, LogRow, list_entries};

/// The last backup and the last restore, as the log has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backups {
    /// The last backup.
    pub made: Option<Made>,
    /// The last restore.
    pub restored: Option<Restored>,
}

/// A backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// When.
    pub at: Instant,
    /// How many entries the log has in it.
    pub size: u64,
    /// How many documents are in it.
    pub documents: u64,
}

/// A restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// When.
    pub at: Instant,
    /// How many entries the log had in the backup.
    pub size: u64,
    /// How many entries a checkpoint kept elsewhere covered beyond that.
    pub missing: u64,
}

/// The last backup and the last restore.
///
/// # Errors
/// A refusal for people who do not read the settings (in the log); the store's failures.
pub fn view_backups(ctx: &Ctx, who: &SignedIn) -> Result<Backups, ActionError> {
    check(ctx, who, Verb::ReadSettings)?;
    let newest = |kind: &str| -> Result<Option<(LogRow, Value)>, ActionError> {
        let filter = LogFilter { kind: Some(kind.to_owned()), ..LogFilter::default() };
        let row = ctx.store.read(|conn| list_entries(conn, &filter, 1))?.pop();
        Ok(row.map(|row| {
            let told = serde_json::from_str(&row.process).unwrap_or_default();
            (row, told)
        }))
    };
    let number = |told: &Value, key: &str| told.get(key).and_then(Value::as_u64).unwrap_or_default();
    let made = newest("backup.made")?;
    let restored = newest("register.restored")?;
    Ok(Backups {
        made: made.map(|(row, told)| Made {
            at: row.at,
            size: number(&told, "size"),
            documents: number(&told, "count"),
        }),
        restored: restored.map(|(row, told)| Restored {
            at: row.at,
            size: number(&told, "size"),
            missing: number(&told, "missing"),
        }),
    })
}
