//! The transparency report: counts only.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{ActionError, Ctx, SignedIn};
use crate::domain::erasure::{Remains, RemainsOfService};
use crate::domain::event::Event;
use crate::domain::half_year::HalfYear;
use crate::domain::id::{StaffId, TeamId};
use crate::domain::outcome::Outcome;
use crate::domain::past_case::ServiceWord;
use crate::domain::queue::{Filter, Lane};
use crate::domain::requester::CustomerType;
use crate::domain::staff::{Actor, Staff, Verb, is_within, may};
use crate::domain::stage::Compartment;
use crate::report::{Counted, CountedService, Counting, Transparency};
use crate::store::counted::{self, CountedCase};
use crate::store::past_cases::{self, CountedPast};
use crate::store::{About, Conn, StoreError, erase, recall};

/// Everything a report tells of all cases, counted in one go. It holds until a case changes.
#[derive(Debug, Default)]
pub struct Census {
    report: Transparency,
    /// What cases there are, as far as lists and the report tell them apart.
    kinds: BTreeSet<Kind>,
    /// Where cases are counted that were erased: no list has them.
    erased: BTreeSet<Place>,
}

/// Cases that the report counts in the same places and the same people may know of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    place: Place,
    team: TeamId,
    compartment: Compartment,
    named: BTreeSet<StaffId>,
    /// Whether the report counts them.
    is_counted: bool,
}

/// Where cases stand in the report's tables and in lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The half-year they were served in.
    pub period: HalfYear,
    /// The asking country.
    pub country: String,
    /// The kind of customer.
    pub customer: CustomerType,
    /// How they ended; none while they are open.
    pub outcome: Option<Outcome>,
}

/// How the report's cases and those of a person's queue hang together, so that a number can lead to the list of exactly
/// the cases it counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lists {
    /// Whether this person works at the queue.
    pub has_queue: bool,
    /// Where there are cases that are counted and not listed for this person, or listed and not counted.
    pub apart: BTreeSet<Place>,
}

impl Lists {
    /// Whether the queue, filtered so, lists exactly the cases that the report counts there.
    pub fn hold_exactly(&self, filter: &Filter) -> bool {
        self.has_queue && !self.apart.iter().any(|place| is_listed(place, filter))
    }
}

/// Whether cases would stand in a list by lane, half-year, country, customer and outcome.
fn is_listed(place: &Place, filter: &Filter) -> bool {
    place.outcome.is_none() == (filter.lane == Lane::Open)
        && filter.period.is_none_or(|period| place.period == period)
        && filter.country.as_ref().is_none_or(|country| country.as_str() == place.country)
        && (filter.customers.is_empty() || filter.customers.contains(&place.customer))
        && (filter.outcomes.is_empty() || place.outcome.is_some_and(|outcome| filter.outcomes.contains(&outcome)))
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
    let census = census(ctx)?;
    record(ctx, Actor::Staff(who.staff.id))?;
    let has_queue = may(&who.staff, Verb::ReadQueue, None).is_ok();
    Ok((census.report.clone(), Lists { has_queue, apart: census.apart_for(&who.staff) }))
}

/// Draws the report up for whoever acts.
///
/// # Errors
/// When the store fails.
pub fn draw(ctx: &Ctx, by: Actor) -> Result<Transparency, ActionError> {
    let census = census(ctx)?;
    record(ctx, by)?;
    Ok(census.report.clone())
}

/// The census of the cases as they are now. Many may ask for it at once; one counts and the others wait for that.
fn census(ctx: &Ctx) -> Result<Arc<Census>, StoreError> {
    let as_of = ctx.store.read(recall::as_of)?;
    ctx.census.or_count_in_turn(as_of, || ctx.store.read(Census::take).map(Arc::new))
}

impl Census {
    fn take(conn: &mut Conn) -> Result<Census, StoreError> {
        let (mut counting, mut kinds) = (Counting::default(), BTreeSet::new());
        counted::each_case(conn, |case| {
            let (kind, case) = kind_and_count(case);
            if kind.is_counted {
                counting.add(&case);
            }
            kinds.insert(kind);
        })?;
        past_cases::each_past(conn, |past| counting.add(&counted_past(past)))?;
        let mut erased = BTreeSet::new();
        for one in erase::counted_erased(conn)? {
            erased.insert(Place {
                period: HalfYear::of(one.received_on),
                country: one.country.clone(),
                customer: one.customer,
                outcome: Some(one.outcome),
            });
            let one = counted_erased(one);
            if !one.is_national_security() {
                counting.add(&one);
            }
        }
        Ok(Census { report: counting.report(), kinds, erased })
    }

    /// Where there are cases that are counted and that this person's queue does not list, or the other way round.
    fn apart_for(&self, who: &Staff) -> BTreeSet<Place> {
        let is_listed = |kind: &Kind| who.teams.contains(&kind.team) && is_within(who, kind.compartment, &kind.named);
        let apart = self.kinds.iter().filter(|kind| kind.is_counted != is_listed(kind)).map(|kind| &kind.place);
        apart.chain(&self.erased).cloned().collect()
    }
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

/// National-security process is in no row of the report, whatever its compartment; nor is what else lies there.
fn kind_and_count(case: CountedCase) -> (Kind, Counted) {
    let CountedCase { team, compartment, .. } = case;
    let named = if compartment == Compartment::Restricted { case.named } else { BTreeSet::new() };
    let counted = Counted {
        received_on: case.received_on,
        country: case.country,
        instrument: Some(case.instrument),
        customer: case.customer,
        identifiers: many(case.identifiers),
        state: case.outcome.into(),
        is_overridden: case.has_override,
        disclosed_by: case.disclosed_by,
        services: case.services.into_iter().map(service).collect(),
        is_imported: false,
    };
    let place = Place {
        period: HalfYear::of(case.received_on),
        country: counted.country.clone(),
        customer: case.customer,
        outcome: case.outcome,
    };
    let is_counted = compartment != Compartment::NationalSecurity && !counted.is_national_security();
    (Kind { place, team, compartment, named, is_counted }, counted)
}

fn service(of: counted::CountedService) -> CountedService {
    CountedService { identifiers: many(of.identifiers), state: of.outcome.into(), service: of.service }
}

fn many(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// An erased case as it was counted before.
fn counted_erased(one: Remains) -> Counted {
    let service = |of: RemainsOfService| CountedService {
        service: of.service,
        identifiers: of.accounts,
        state: Some(of.outcome).into(),
    };
    Counted {
        received_on: one.received_on,
        country: one.country,
        instrument: Some(one.instrument),
        customer: one.customer,
        identifiers: one.accounts,
        state: Some(one.outcome).into(),
        is_overridden: one.is_overridden,
        disclosed_by: one.disclosed_by,
        services: one.services.into_iter().map(service).collect(),
        is_imported: false,
    }
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
        is_overridden: false,
        disclosed_by: past.disclosed_by,
        services: past.services.iter().map(of_service).collect(),
        is_imported: true,
    }
}
