//! The transparency report: counts only.

use super::{ActionError, Ctx, SignedIn};
use crate::domain::event::Event;
use crate::domain::past_case::ServiceWord;
use crate::domain::staff::{Actor, Verb, may};
use crate::report::{Counted, CountedService, Transparency};
use crate::store::counted::{self, CountedCase};
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
        ctx.store.read::<_, StoreError>(|conn| Ok((counted::counted_cases(conn)?, past_cases::counted_past(conn)?)))?;
    let event = Event::ReportDrawn { report: "transparency".into() };
    ctx.write_as(by, move |tx| Ok(tx.record(&event, About::Register)?))?;
    Ok(Transparency::from_cases(cases.into_iter().map(counted_case).chain(past.into_iter().map(counted_past))))
}

fn counted_case(case: CountedCase) -> Counted {
    Counted {
        received_on: case.received_on,
        country: case.country,
        instrument: Some(case.instrument),
        customer: case.customer,
        identifiers: many(case.identifiers),
        state: case.outcome.into(),
        disclosed_by: case.disclosed_by,
        services: case.services.into_iter().map(service).collect(),
        is_imported: false,
    }
}

fn service(of: counted::CountedService) -> CountedService {
    CountedService { identifiers: many(of.identifiers), state: of.outcome.into(), service: of.service }
}

fn many(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Of a past case only its outcome as a whole is known, so each service it names has that.
fn counted_past(past: CountedPast) -> Counted {
    let state = Some(past.outcome).into();
    let of_service =
        |word: &ServiceWord| CountedService { service: word.to_string(), identifiers: past.identifiers, state };
    Counted {
        received_on: past.received_on,
        country: past.country,
        instrument: past.instrument,
        customer: past.customer,
        identifiers: past.identifiers,
        state,
        disclosed_by: past.disclosed_by,
        services: past.services.iter().map(of_service).collect(),
        is_imported: true,
    }
}
