//! Amend the paper's particulars.

use super::on_case::{OnCase, act};
use super::open_case::{PaperEntry, check_paper, settle_paper};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::staff::Verb;

/// Mends what was read off the paper. Voids assessment, decision and approvals.
///
/// # Errors
/// [`ActionError::Invalid`] with every field at fault, and as every verb on a case.
pub fn amend_case(ctx: &Ctx, who: &SignedIn, on: &OnCase, paper: PaperEntry) -> Result<Case, ActionError> {
    let wrong = check_paper(&ctx.rulebook(), &paper);
    if !wrong.is_empty() {
        return Err(ActionError::Invalid(wrong));
    }
    act(ctx, who, on, Verb::Amend, move |case, acting, tx| {
        let paper = settle_paper(tx, paper)?;
        Ok(case.amend(paper, acting.who.id, acting.now)?)
    })
}
