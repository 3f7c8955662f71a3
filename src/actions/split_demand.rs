//! Split the period of a demand, so that its parts are decided apart.

use chrono::NaiveDate;

use super::on_case::{OnCase, act};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::id::DemandId;
use crate::domain::staff::Verb;
use crate::system;

/// Splits a demand at a day: it keeps the days before, a new demand asks for that day and the rest. Voids assessment and
/// approvals; the decision stays as a draft on the earlier part.
///
/// # Errors
/// As every verb on a case; a refusal for a demand without a period, and for a day that leaves one part without a day.
pub fn split_demand(
    ctx: &Ctx,
    who: &SignedIn,
    on: &OnCase,
    demand: DemandId,
    day: NaiveDate,
) -> Result<Case, ActionError> {
    act(ctx, who, on, Verb::SplitDemand, move |case, acting, _| {
        Ok(case.split_demand(demand, day, DemandId(system::fresh_id()), acting.who.id, acting.now)?)
    })
}
