//! The transparency report: counts only.

use std::collections::{BTreeMap, BTreeSet};

use super::{ActionError, Ctx, SignedIn};
use crate::domain::event::Event;
use crate::domain::half_year::HalfYear;
use crate::domain::id::CaseId;
use crate::domain::past_case::ServiceWord;
use crate::domain::queue::{Filter, Lane};
use crate::domain::staff::{Actor, Verb, may};
use crate::report::{Counted, CountedService, Transparency};
use crate::store::counted::{self, CountedCase};
use crate::store::past_cases::{self, CountedPast};
use crate::store::queue::{self, KnownCase};
use crate::store::{About, StoreError};

/// How the report's cases and those of a person's queue hang together, so that a number can lead to the list of exactly
/// the cases it counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lists {
    /// Whether this person works at the queue.
    pub has_queue: bool,
    /// Cases that are counted and not listed for this person, or listed and not counted.
    pub apart: Vec<KnownCase>,
}

impl Lists {
    /// Whether the queue, filtered so, lists exactly the cases that the report counts there.
    pub fn hold_exactly(&self, filter: &Filter) -> bool {
        self.has_queue && !self.apart.iter().any(|case| is_listed(case, filter))
    }
}

/// Whether a case would stand in a list by lane, half-year, country, customer and outcome.
fn is_listed(case: &KnownCase, filter: &Filter) -> bool {
    case.outcome.is_none() == (filter.lane == Lane::Open)
        && filter.period.is_none_or(|period| HalfYear::of(case.received_on) == period)
        && filter.country.as_ref().is_none_or(|country| country.as_str() == case.country)
        && (filter.customers.is_empty() || filter.customers.contains(&case.customer))
        && (filter.outcomes.is_empty() || case.outcome.is_some_and(|outcome| filter.outcomes.contains(&outcome)))
}

/// Draws the report up as a person who may; that it was drawn stands in the log.
///
/// # Errors
/// A refusal for people who may not (in the log); the store's failures.
pub fn report_transparency(ctx: &Ctx, who: &SignedIn) -> Result<Transparency, ActionError> {
    ask(ctx, who)?;
    draw(ctx, Actor::Staff(who.staff.id))
}

/// The same with what a page needs to lead from its numbers to lists.
///
/// # Errors
/// As [`report_transparency`].
pub fn report_with_lists(ctx: &Ctx, who: &SignedIn) -> Result<(Transparency, Lists), ActionError> {
    ask(ctx, who)?;
    let has_queue = may(&who.staff, Verb::ReadQueue, None).is_ok();
    let (cases, past, known) = ctx.store.read::<_, StoreError>(|conn| {
        let known = if has_queue { queue::known_cases(conn, &who.staff)? } else { Vec::new() };
        Ok((counted::counted_cases(conn)?, past_cases::counted_past(conn)?, known))
    })?;
    record(ctx, Actor::Staff(who.staff.id))?;
    let apart = if has_queue { apart(&cases, known) } else { Vec::new() };
    Ok((summed(cases, past), Lists { has_queue, apart }))
}

/// Draws the report up for whoever acts.
///
/// # Errors
/// When the store fails.
pub fn draw(ctx: &Ctx, by: Actor) -> Result<Transparency, ActionError> {
    let (cases, past) =
        ctx.store.read::<_, StoreError>(|conn| Ok((counted::counted_cases(conn)?, past_cases::counted_past(conn)?)))?;
    record(ctx, by)?;
    Ok(summed(cases, past))
}

fn ask(ctx: &Ctx, who: &SignedIn) -> Result<(), ActionError> {
    match may(&who.staff, Verb::Report, None) {
        Ok(()) => Ok(()),
        Err(refusal) => ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::Report))),
    }
}

fn record(ctx: &Ctx, by: Actor) -> Result<(), ActionError> {
    let event = Event::ReportDrawn { report: "transparency".into() };
    ctx.write_as(by, move |tx| Ok(tx.record(&event, About::Register)?))?;
    Ok(())
}

fn summed(cases: Vec<CountedCase>, past: Vec<CountedPast>) -> Transparency {
    Transparency::from_cases(cases.into_iter().map(counted_case).chain(past.into_iter().map(counted_past)))
}

/// What is counted and not known, or known and not counted.
fn apart(cases: &[CountedCase], known: Vec<KnownCase>) -> Vec<KnownCase> {
    let listed: BTreeSet<CaseId> = known.iter().map(|case| case.id).collect();
    // National-security process is in no row of the report, whatever its compartment.
    let cases = cases.iter().filter(|case| !counted_case((*case).clone()).is_national_security());
    let cases: BTreeMap<CaseId, &CountedCase> = cases.map(|case| (case.id, case)).collect();
    let unlisted = cases.values().filter(|case| !listed.contains(&case.id)).map(|case| KnownCase {
        id: case.id,
        received_on: case.received_on,
        country: case.country.clone(),
        customer: case.customer,
        outcome: case.outcome,
    });
    known.into_iter().filter(|case| !cases.contains_key(&case.id)).chain(unlisted).collect()
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
