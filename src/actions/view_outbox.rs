//! How the mails do, for admins: what waits, what was given up and why, and trying again. Nothing of cases.

use std::collections::BTreeMap;

use chrono::NaiveTime;

use super::{ActionError, Ctx, SignedIn};
use crate::domain::id::StaffId;
use crate::domain::staff::{Actor, Verb, may};
use crate::domain::time::Instant;
use crate::store::outbox::{self, OutboxCounts, StuckMail};
use crate::store::{StoreError, staff};

/// What an admin sees of the outbox.
#[derive(Debug, Clone)]
pub struct OutboxView {
    /// Figures, those of sent mails for the day given.
    pub counts: OutboxCounts,
    /// Mails that did not go at their first attempt, newest first.
    pub stuck: Vec<StuckMail>,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
}

/// How many mails the list shows, and how many are tried again at once.
pub const MOST: i64 = 200;

/// Shows how the outbox does.
///
/// # Errors
/// A refusal for people who do not manage this Writ (in the log).
pub fn view_outbox(ctx: &Ctx, who: &SignedIn) -> Result<OutboxView, ActionError> {
    refuse_others(ctx, who)?;
    let today = start_of_day(ctx.now());
    let view = ctx.store.read(|conn| {
        let (counts, stuck) = (outbox::counts(conn, today)?, outbox::list_stuck(conn, MOST)?);
        Ok::<_, StoreError>(OutboxView { counts, stuck, names: staff::names(conn)? })
    })?;
    Ok(view)
}

/// Puts mails that were given up in the outbox again, one entry each. Returns how many.
///
/// # Errors
/// A refusal for people who do not manage this Writ (in the log); [`ActionError::Invalid`] when none was given up.
pub fn retry_mails(ctx: &Ctx, who: &SignedIn) -> Result<usize, ActionError> {
    refuse_others(ctx, who)?;
    ctx.write(&who.staff, |tx| match outbox::retry_failed(tx, MOST)? {
        0 => Err(ActionError::invalid("retry", "No mail was given up, so there is none to try again.")),
        retried => Ok(retried),
    })
}

/// Figures for the command line.
///
/// # Errors
/// When the store fails.
pub fn count_mails(ctx: &Ctx) -> Result<OutboxCounts, ActionError> {
    Ok(ctx.store.read(|conn| outbox::counts(conn, start_of_day(ctx.now())))?)
}

fn refuse_others(ctx: &Ctx, who: &SignedIn) -> Result<(), ActionError> {
    match may(&who.staff, Verb::ManageStaff, None) {
        Ok(()) => Ok(()),
        Err(refusal) => {
            ctx.write_as(Actor::Staff(who.staff.id), move |_| Err(ActionError::refused(refusal, Verb::ManageStaff)))
        }
    }
}

fn start_of_day(now: Instant) -> Instant {
    Instant::new(now.day().and_time(NaiveTime::MIN).and_utc())
}
