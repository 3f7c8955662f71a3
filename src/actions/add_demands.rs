//! Add many demands at once.

use super::on_case::{OnCase, act};
use super::open_case::{AskedEntry, settle_asked};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::id::DemandId;
use crate::domain::staff::Verb;
use crate::domain::text::ParseError;
use crate::system;

/// Adds demands in their order, in one act: all of them or none. Voids assessment, decision and approvals.
///
/// # Errors
/// [`ActionError::Invalid`] with the field `demands.N.…` for a category the catalogue does not have, and as every
/// verb on a case.
pub fn add_demands(ctx: &Ctx, who: &SignedIn, on: &OnCase, entries: Vec<AskedEntry>) -> Result<Case, ActionError> {
    let mut wrong = Vec::new();
    let mut asked = Vec::new();
    for (row, entry) in entries.into_iter().enumerate() {
        match settle_asked(entry, &ctx.catalogue) {
            Ok(settled) => asked.push((DemandId(system::fresh_id()), settled)),
            Err(error) => wrong.push(ParseError::new(format!("demands.{row}.{}", error.field), error.reason)),
        }
    }
    if !wrong.is_empty() {
        return Err(ActionError::Invalid(wrong));
    }
    act(ctx, who, on, Verb::AddDemand, move |case, acting, _| Ok(case.add_demands(asked, acting.who.id, acting.now)?))
}
