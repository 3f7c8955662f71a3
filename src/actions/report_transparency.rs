//! The transparency report: counts only.

use super::{ActionError, Ctx, SignedIn};
use crate::domain::event::Event;
use crate::domain::staff::{Actor, Verb, may};
use crate::report::{Counted, Transparency};
use crate::store::lists::{self, CountedCase};
use crate::store::past_cases::{self, CountedPast};
use crate::store::{About, StoreError};

/// Draws the report up as a person who may; that it was drawn stands in the log.
///
/// # Errors
/// A refusal for people who may not (in the log); the store's failures.
pub fn report_transparency(ctx: &Ctx, who: &SignedIn) -> Result<Transparency, ActionError> {
    if let Err(refusal) = may(&who.staff, Verb::Report, None) {
        return ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::Report)));
    }
    draw(ctx, Actor::Staff(who.staff.id))
}

/// Draws the report up for whoever acts.
///
/// # Errors
/// When the store fails.
pub fn draw(ctx: &Ctx, by: Actor) -> Result<Transparency, ActionError> {
    let (cases, past) =
        ctx.store.read::<_, StoreError>(|conn| Ok((lists::counted_cases(conn)?, past_cases::counted_past(conn)?)))?;
    let event = Event::ReportDrawn { report: "transparency".into() };
    ctx.write_as(by, move |tx| Ok(tx.record(&event, About::Register)?))?;
    Ok(Transparency::from_cases(cases.into_iter().map(counted).chain(past.into_iter().map(counted_past))))
}

fn counted(case: CountedCase) -> Counted {
    Counted {
        received_on: case.received_on,
        country: case.country,
        instrument: Some(case.instrument),
        customer: case.customer,
        identifiers: u32::try_from(case.identifiers).unwrap_or(u32::MAX),
        state: case.outcome.into(),
        disclosed_by: case.disclosed_by,
        services: case.services,
        is_imported: false,
    }
}

fn counted_past(past: CountedPast) -> Counted {
    Counted {
        received_on: past.received_on,
        country: past.country,
        instrument: past.instrument,
        customer: past.customer,
        identifiers: past.identifiers,
        state: Some(past.outcome).into(),
        disclosed_by: past.disclosed_by,
        services: past.services.iter().map(ToString::to_string).collect(),
        is_imported: true,
    }
}
