//! Add demands to a case.

use super::on_case::{OnCase, act};
use super::open_case::{AskedEntry, settle_asked};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::id::DemandId;
use crate::domain::staff::Verb;
use crate::system;

/// Adds one demand. Voids assessment, decision and approvals.
///
/// # Errors
/// [`ActionError::Invalid`] for a category the catalogue does not have, and as every verb on a case.
pub fn add_demand(ctx: &Ctx, who: &SignedIn, on: &OnCase, entry: AskedEntry) -> Result<Case, ActionError> {
    let asked = settle_asked(entry, &ctx.catalogue).map_err(|e| ActionError::Invalid(vec![e]))?;
    act(ctx, who, on, Verb::AddDemand, move |case, acting, _| {
        Ok(case.add_demand(DemandId(system::fresh_id()), asked, acting.who.id, acting.now)?)
    })
}
