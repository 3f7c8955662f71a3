//! Change a demand of a case.

use super::on_case::{OnCase, act};
use super::open_case::{AskedEntry, settle_asked};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::id::DemandId;
use crate::domain::staff::Verb;

/// Changes what a demand asks. Voids assessment, decision and approvals.
///
/// # Errors
/// [`ActionError::Invalid`] for a category the catalogue does not have, and as every verb on a case.
pub fn change_demand(
    ctx: &Ctx,
    who: &SignedIn,
    on: &OnCase,
    demand: DemandId,
    entry: AskedEntry,
) -> Result<Case, ActionError> {
    let asked = settle_asked(entry, &ctx.catalogue).map_err(|e| ActionError::Invalid(vec![e]))?;
    act(ctx, who, on, Verb::ChangeDemand, move |case, acting, _| {
        Ok(case.change_demand(demand, asked, acting.who.id, acting.now)?)
    })
}
