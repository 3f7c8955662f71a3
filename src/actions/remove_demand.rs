//! Remove a demand from a case.

use super::on_case::{OnCase, act};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::id::DemandId;
use crate::domain::staff::Verb;

/// Removes a demand; the log keeps it. Voids assessment, decision and approvals.
///
/// # Errors
/// As every verb on a case.
pub fn remove_demand(ctx: &Ctx, who: &SignedIn, on: &OnCase, demand: DemandId) -> Result<Case, ActionError> {
    act(ctx, who, on, Verb::RemoveDemand, move |case, acting, _| {
        Ok(case.remove_demand(demand, acting.who.id, acting.now)?)
    })
}
