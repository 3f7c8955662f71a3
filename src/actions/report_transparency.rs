//! The transparency report: counts only.

use super::{ActionError, Ctx, SignedIn};
use crate::domain::event::Event;
use crate::domain::staff::{Actor, Verb, may};
use crate::report::{Counted, TransparencyTable};
use crate::store::{About, lists};

/// Draws the report up as a person who may; that it was drawn stands in the log.
///
/// # Errors
/// A refusal for people who may not (in the log); the store's failures.
pub fn report_transparency(ctx: &Ctx, who: &SignedIn) -> Result<TransparencyTable, ActionError> {
    if let Err(refusal) = may(&who.staff, Verb::Report, None) {
        return ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::Report)));
    }
    draw(ctx, Actor::Staff(who.staff.id))
}

/// Draws the report up for whoever acts.
///
/// # Errors
/// When the store fails.
pub fn draw(ctx: &Ctx, by: Actor) -> Result<TransparencyTable, ActionError> {
    let cases = ctx.store.read(lists::counted_cases)?;
    let event = Event::ReportDrawn { report: "transparency".into() };
    ctx.write_as(by, move |tx| Ok(tx.record(&event, About::Register)?))?;
    Ok(TransparencyTable::from_cases(cases.into_iter().map(|case| Counted {
        received_on: case.received_on,
        country: case.country,
        instrument: case.instrument,
        customer: case.customer,
        identifiers: u32::try_from(case.identifiers).unwrap_or(u32::MAX),
        state: case.outcome.into(),
    })))
}
