//! Record a check of the requester.

use super::on_case::{OnCase, act};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::id::CheckId;
use crate::domain::staff::Verb;
use crate::domain::text::Prose;
use crate::domain::verification::{Check, CheckMethod, CheckResult};
use crate::system;

/// A check as a person enters it.
#[derive(Debug, Clone)]
pub struct VerifyRequester {
    /// How.
    pub method: CheckMethod,
    /// What it found.
    pub result: CheckResult,
    /// Number rung and where it was found, who answered, what was said.
    pub account: Prose,
}

/// Records a check. Enough confirming people open the gate *verified*.
///
/// # Errors
/// As every verb on a case.
pub fn verify_requester(ctx: &Ctx, who: &SignedIn, on: &OnCase, with: VerifyRequester) -> Result<Case, ActionError> {
    act(ctx, who, on, Verb::Verify, move |case, acting, _| {
        let id = CheckId(system::fresh_id());
        let VerifyRequester { method, result, account } = with;
        Ok(case.verify(Check { id, method, result, account, by: acting.who.id, at: acting.now })?)
    })
}
