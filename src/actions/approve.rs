//! Approve the exact scope of a case.

use super::on_case::{OnCase, act};
use super::sign_in::SteppedUp;
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::id::ApprovalId;
use crate::domain::staff::Verb;
use crate::system;

/// Approves the scope with the hash seen. Needs the password given again.
///
/// # Errors
/// As every verb on a case; for an editor of the scope, a second approval, a scope that changed.
pub fn approve(
    ctx: &Ctx,
    who: &SignedIn,
    on: &OnCase,
    seen_hash: String,
    _fresh: SteppedUp,
) -> Result<Case, ActionError> {
    act(ctx, who, on, Verb::Approve, move |case, acting, _| {
        Ok(case.approve(ApprovalId(system::fresh_id()), &seen_hash, acting.who.id, acting.now)?)
    })
}
