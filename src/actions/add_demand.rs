//! Add demands to a case.

use super::on_case::{OnCase, act};
use super::open_case::{AskedEntry, collect, settle_asked};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::id::DemandId;
use crate::domain::staff::Verb;
use crate::system;

/// Adds demands, all of them or none; each is an entry of its own. Voids assessment, decision and approvals.
///
/// # Errors
/// [`ActionError::Invalid`] with every category the catalogue does not have, and as every verb on a case.
pub fn add_demands(ctx: &Ctx, who: &SignedIn, on: &OnCase, entries: Vec<AskedEntry>) -> Result<Case, ActionError> {
    let mut wrong = Vec::new();
    let mut asked = collect(entries, &ctx.catalogue, &mut wrong);
    if !wrong.is_empty() {
        return Err(ActionError::Invalid(wrong));
    }
    let last = asked.pop().ok_or_else(|| ActionError::invalid("demands", "Give at least one demand."))?;
    act(ctx, who, on, Verb::AddDemand, move |mut case, acting, tx| {
        let (by, now) = (acting.who.id, acting.now);
        for one in asked {
            case = tx.apply(case.add_demand(DemandId(system::fresh_id()), one, by, now)?)?;
        }
        Ok(case.add_demand(DemandId(system::fresh_id()), last, by, now)?)
    })
}

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
