//! How long the log is and when it last grew: all that an admin learns of it, and nothing of cases.

use super::{ActionError, Ctx, SignedIn};
use crate::domain::staff::{Verb, may};
use crate::domain::time::Instant;
use crate::store::log::{self, LogFilter};

/// The log's health in two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// How many entries it has.
    pub size: i64,
    /// When the last one was written.
    pub last_at: Instant,
}

/// Shows the log's health; nothing for people who do not manage this Writ.
///
/// # Errors
/// When the store fails.
pub fn view_health(ctx: &Ctx, who: &SignedIn) -> Result<Option<Health>, ActionError> {
    if may(&who.staff, Verb::ManageStaff, None).is_err() {
        return Ok(None);
    }
    let last = ctx.store.read(|conn| log::list_entries(conn, &LogFilter::default(), 1))?;
    Ok(last.first().map(|row| Health { size: row.seq.saturating_add(1), last_at: row.at }))
}
