//! Begin a wait, and end it.

use chrono::NaiveDate;

use super::on_case::{OnCase, act};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::staff::Verb;
use crate::domain::text::Prose;
use crate::domain::wait::{Wait, WaitEnded, WaitKind};

/// A wait as a person begins it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeginWait {
    /// What for.
    pub kind: WaitKind,
    /// What was asked of whom.
    pub because: Prose,
    /// The day by which it should be over.
    pub expected_on: Option<NaiveDate>,
}

/// Begins a wait; most kinds stop the clock.
///
/// # Errors
/// [`ActionError::Invalid`] for a day that has passed, and as every verb on a case.
pub fn begin_wait(ctx: &Ctx, who: &SignedIn, on: &OnCase, with: BeginWait) -> Result<Case, ActionError> {
    if with.expected_on.is_some_and(|day| day < ctx.now().day()) {
        return Err(ActionError::invalid("expected_on", "This day has passed; give a day from today on."));
    }
    act(ctx, who, on, Verb::BeginWait, move |case, acting, _| {
        let BeginWait { kind, because, expected_on } = with;
        Ok(case.begin_wait(Wait { kind, because, expected_on, by: acting.who.id, at: acting.now })?)
    })
}

/// Ends the wait that runs; the due date moves by the days in which the clock stood still.
///
/// # Errors
/// As every verb on a case.
pub fn end_wait(ctx: &Ctx, who: &SignedIn, on: &OnCase, account: Prose) -> Result<Case, ActionError> {
    act(ctx, who, on, Verb::EndWait, move |case, acting, _| {
        Ok(case.end_wait(WaitEnded { account, by: acting.who.id, at: acting.now })?)
    })
}
