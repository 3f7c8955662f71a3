//! Record what became of a redirect.

use super::on_case::{OnCase, act};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::redirect::RedirectResult;
use crate::domain::staff::Verb;
use crate::domain::text::Prose;

/// What became of a redirect, and who said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRedirect {
    /// What became of it.
    pub result: RedirectResult,
    /// Who said so, when and how.
    pub account: Prose,
}

/// Records it. Consent, contract and *can't be asked* send the case back to review.
///
/// # Errors
/// As every verb on a case; without an approved redirect, and when it is answered already.
pub fn answer_redirect(ctx: &Ctx, who: &SignedIn, on: &OnCase, with: AnswerRedirect) -> Result<Case, ActionError> {
    act(ctx, who, on, Verb::AnswerRedirect, move |case, acting, _| {
        Ok(case.answer_redirect(with.result, with.account, acting.who.id, acting.now)?)
    })
}
