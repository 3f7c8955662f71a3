//! Add many demands at once.

use super::on_case::{OnCase, act};
use super::open_case::{AskedEntry, collect};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::id::DemandId;
use crate::domain::staff::Verb;
use crate::system;

/// Adds demands in their order, in one act: all of them or none. Voids assessment, decision and approvals.
///
/// # Errors
/// [`ActionError::Invalid`] without any, with the field `demands.N.…` for every category the catalogue does not have,
/// and as every verb on a case.
pub fn add_demands(ctx: &Ctx, who: &SignedIn, on: &OnCase, entries: Vec<AskedEntry>) -> Result<Case, ActionError> {
    if entries.is_empty() {
        return Err(ActionError::invalid("demands", "Give at least one demand."));
    }
    let mut wrong = Vec::new();
    let asked = collect(entries, &ctx.catalogue, &mut wrong);
    if !wrong.is_empty() {
        return Err(ActionError::Invalid(wrong));
    }
    act(ctx, who, on, Verb::AddDemand, move |case, acting, _| {
        let (by, now) = (acting.who.id, acting.now);
        let mut new: Vec<_> = asked.into_iter().map(|asked| (DemandId(system::fresh_id()), asked)).collect();
        match (new.len(), new.pop()) {
            // One alone is told as one, however it came.
            (1, Some((id, asked))) => Ok(case.add_demand(id, asked, by, now)?),
            (_, last) => Ok(case.add_demands(new.into_iter().chain(last).collect(), by, now)?),
        }
    })
}
