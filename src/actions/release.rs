//! Release a production.

use super::on_case::{OnCase, act};
use super::sign_in::SteppedUp;
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::decision::ReleaseMethod;
use crate::domain::refusal::Refusal;
use crate::domain::staff::Verb;
use crate::domain::text::Line;
use crate::store::alarms;

/// Lets the production go. Needs the password given again.
///
/// # Errors
/// As every verb on a case; for a collector and for whoever made the call-back; while an alarm about the log is not
/// acknowledged by an admin and an auditor.
pub fn release(
    ctx: &Ctx,
    who: &SignedIn,
    on: &OnCase,
    to: Line,
    method: ReleaseMethod,
    _fresh: SteppedUp,
) -> Result<Case, ActionError> {
    act(ctx, who, on, Verb::Release, move |case, acting, tx| {
        let change = case.release(to, method, acting.who.id, acting.now)?;
        // After all that is about the case itself: this is about the log, and its cure is not here.
        if alarms::hold_releases(tx.conn())? {
            return Err(Refusal::LogInAlarm.into());
        }
        Ok(change)
    })
}
