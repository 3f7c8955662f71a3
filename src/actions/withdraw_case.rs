//! Record that the agency withdrew its demand.

use super::on_case::{OnCase, act};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::staff::Verb;
use crate::domain::text::Prose;

/// Closes the case as withdrawn.
///
/// # Errors
/// As every verb on a case; once something has left.
pub fn withdraw_case(ctx: &Ctx, who: &SignedIn, on: &OnCase, note: Prose) -> Result<Case, ActionError> {
    act(ctx, who, on, Verb::Withdraw, move |case, acting, _| Ok(case.withdraw(note, acting.who.id, acting.now)?))
}
