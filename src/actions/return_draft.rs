//! Return a draft with a reason.

use super::on_case::{OnCase, act};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::staff::Verb;
use crate::domain::text::Prose;

/// Sends the draft back to review. Approvals given so far are void.
///
/// # Errors
/// As every verb on a case.
pub fn return_draft(ctx: &Ctx, who: &SignedIn, on: &OnCase, because: Prose) -> Result<Case, ActionError> {
    act(ctx, who, on, Verb::Return, move |case, acting, _| Ok(case.return_draft(because, acting.who.id, acting.now)?))
}
