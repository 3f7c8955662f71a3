//! The list of past cases.

use super::{ActionError, Ctx, SignedIn};
use crate::domain::agency::Country;
use crate::domain::half_year::HalfYear;
use crate::domain::id::PastCaseId;
use crate::domain::past_case::{Particulars, PastAfter, PastCase, PastFilter};
use crate::domain::staff::{Role, Verb, may};
use crate::domain::text::Line;
use crate::store::{StoreError, past_cases};

/// How many lines a page has.
pub const PAGE: usize = 100;

/// A page of past cases.
#[derive(Debug, Clone)]
pub struct PastCasesPage {
    /// Its lines, newest received first.
    pub lines: Vec<PastLine>,
    /// Where the next page goes on, if there is one.
    pub next: Option<PastAfter>,
    /// How many past cases the filter lets through in all.
    pub total: i64,
    /// The half-years there are past cases of, newest first.
    pub periods: Vec<HalfYear>,
    /// The countries there are past cases of.
    pub countries: Vec<Country>,
}

/// A past case as a person may see it.
#[derive(Debug, Clone)]
pub struct PastLine {
    /// Its identity.
    pub id: PastCaseId,
    /// What holds no personal data.
    pub facts: PastFacts,
    /// What does; sealed for those who see process facts alone.
    pub personal: Option<PastPersonal>,
}

/// The part of a past case without personal data.
#[derive(Debug, Clone)]
pub struct PastFacts {
    /// The system or table it comes from.
    pub source: String,
    /// The day or half-year it was received.
    pub received: String,
    /// The asking country.
    pub country: Country,
    /// The kind of legal process, where known.
    pub instrument: Option<&'static str>,
    /// The kind of customer.
    pub customer: &'static str,
    /// How many identifiers were asked about.
    pub identifiers: u32,
    /// How it came out, and on what ground data was given.
    pub outcome: String,
    /// The services it named.
    pub services: Vec<String>,
}

/// The part of a past case that may name people.
#[derive(Debug, Clone)]
pub struct PastPersonal {
    /// How the source calls it.
    pub reference: Line,
    /// The agency.
    pub agency: Option<Line>,
    /// The docket.
    pub docket: Option<Line>,
}

/// Lists a page of past cases. An auditor sees what holds no personal data.
///
/// # Errors
/// A refusal for people who may not read them (in the log); the store's failures.
pub fn view_past_cases(
    ctx: &Ctx,
    who: &SignedIn,
    filter: &PastFilter,
    after: Option<PastAfter>,
) -> Result<PastCasesPage, ActionError> {
    if let Err(refusal) = may(&who.staff, Verb::ReadPastCases, None) {
        return ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::ReadPastCases)));
    }
    let is_sealed = !who.staff.is(Role::Analyst) && !who.staff.is(Role::Reviewer);
    let page = ctx.store.read(|conn| {
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX).saturating_add(1);
        let mut cases = past_cases::list_past(conn, filter, after, limit)?;
        let has_more = cases.len() > PAGE;
        cases.truncate(PAGE);
        let last = cases.last().filter(|_| has_more);
        Ok::<_, StoreError>(PastCasesPage {
            next: last.map(|past| PastAfter { received_on: past.is.received_on, id: past.id }),
            lines: cases.into_iter().map(|past| line(past, is_sealed)).collect(),
            total: past_cases::count_past(conn, filter)?,
            periods: past_cases::list_periods(conn)?,
            countries: past_cases::list_countries(conn)?,
        })
    })?;
    Ok(page)
}

fn line(past: PastCase, is_sealed: bool) -> PastLine {
    let PastCase { id, is } = past;
    let facts = PastFacts {
        source: is.source.to_string(),
        received: is.received(),
        country: is.country.clone(),
        instrument: is.instrument.map(|instrument| instrument.label()),
        customer: is.customer.label(),
        identifiers: is.identifier_count,
        outcome: outcome(&is),
        services: is.services.iter().map(ToString::to_string).collect(),
    };
    let personal = PastPersonal { reference: is.source_reference, agency: is.agency_name, docket: is.docket };
    PastLine { id, facts, personal: (!is_sealed).then_some(personal) }
}

fn outcome(is: &Particulars) -> String {
    match is.disclosed_by {
        Some(ground) => format!("{}, {}", is.outcome.label(), ground.label()),
        None => is.outcome.label().to_owned(),
    }
}
