//! Draft decisions on a case's demands.

use super::on_case::{OnCase, act};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::decision::Decision;
use crate::domain::staff::Verb;

/// Drafts decisions. When every demand is decided for good the case goes to approval.
///
/// # Errors
/// As every verb on a case; a decision that misfits or goes beyond its verdict is refused with what would do.
pub fn decide(ctx: &Ctx, who: &SignedIn, on: &OnCase, decisions: Vec<Decision>) -> Result<Case, ActionError> {
    let policy = ctx.approvals;
    act(ctx, who, on, Verb::Decide, move |case, acting, _| Ok(case.decide(decisions, policy, acting.who, acting.now)?))
}
