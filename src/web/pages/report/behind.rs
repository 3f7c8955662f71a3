//! The list of cases behind a number.

use url::form_urlencoded::Serializer;

use crate::actions::report_transparency::Lists;
use crate::domain::agency::Country;
use crate::domain::half_year::HalfYear;
use crate::domain::outcome::Outcome;
use crate::domain::queue::{Filter, Lane};
use crate::domain::requester::CustomerType;
use crate::report::{CountedAs, CustomerKind, EnterpriseAs, Tally};

/// A number of the report: what it counts.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'c> {
    /// The half-year.
    pub period: HalfYear,
    /// The country; `None` for all.
    pub country: Option<&'c str>,
    /// The kind of customer; `None` for both.
    pub customer: Option<CustomerKind>,
    /// The service, in the table by service.
    pub service: Option<&'c str>,
    /// The column.
    pub column: Of,
    /// How many.
    pub tally: Tally,
    /// How many of the row are pending.
    pub pending: u64,
    /// How the cases counted and those of the queue hang together.
    pub lists: &'c Lists,
}

/// The column of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// All requests.
    Requests,
    /// Those with an outcome.
    State(CountedAs),
    /// Those of organisations, by ground.
    Enterprise(EnterpriseAs),
}

/// Where the cases behind a number are listed; `None` where no list holds exactly these. Imported cases have a list, and
/// so have the cases of the queue; a number that counts both leads nowhere.
pub fn behind(cell: &Cell<'_>) -> Option<String> {
    match cell.tally {
        Tally { requests: 0, .. } => None,
        Tally { imported: 0, .. } => in_queue(cell),
        Tally { requests, imported } if requests == imported => in_past_cases(cell),
        Tally { .. } => None,
    }
}

/// The queue, filtered to what a number counts, if this person's queue holds exactly that.
fn in_queue(cell: &Cell<'_>) -> Option<String> {
    if cell.service.is_some() {
        return None;
    }
    let (lane, outcomes) = standing(cell)?;
    let of_kind = |customer: &CustomerType| cell.customer.is_some_and(|kind| CustomerKind::from(*customer) == kind);
    let filter = Filter {
        period: Some(cell.period),
        country: cell.country.map(|code| Country::parse("country", code)).transpose().ok()?,
        outcomes,
        customers: CustomerType::ALL.iter().copied().filter(of_kind).collect(),
        ..Filter::of(lane)
    };
    cell.lists.hold_exactly(&filter).then(|| format!("/queue?{}", filter.spell()))
}

/// The lane and the outcomes of a column; none where its cases stand in two lanes, or differ by what no filter asks for.
fn standing(cell: &Cell<'_>) -> Option<(Lane, Vec<Outcome>)> {
    let ended = |word: &str| word.parse().ok().map(|outcome| (Lane::Closed, vec![outcome]));
    match cell.column {
        Of::Requests if cell.pending == cell.tally.requests => Some((Lane::Open, Vec::new())),
        Of::Requests => (cell.pending == 0).then(|| (Lane::Closed, Vec::new())),
        Of::State(CountedAs::Pending) | Of::Enterprise(EnterpriseAs::Pending) => Some((Lane::Open, Vec::new())),
        Of::State(state) => ended(state.as_str()),
        Of::Enterprise(EnterpriseAs::RejectedOrRedirected) => {
            Some((Lane::Closed, vec![Outcome::Rejected, Outcome::Redirected]))
        }
        Of::Enterprise(EnterpriseAs::ByConsent | EnterpriseAs::ByContract | EnterpriseAs::Otherwise) => None,
        Of::Enterprise(other) => ended(other.as_str()),
    }
}

fn in_past_cases(cell: &Cell<'_>) -> Option<String> {
    let mut query = Serializer::new(String::new());
    query.append_pair("period", &cell.period.to_string());
    let mut add = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    };
    add("country", cell.country);
    add("customer", cell.customer.map(CustomerKind::as_str));
    add("service", cell.service);
    let (outcomes, ground) = asked_for(cell.column);
    add("outcome", outcomes);
    add("ground", ground);
    Some(format!("/past-cases?{}", query.finish()))
}

/// The outcomes and the ground of a column, as the list is asked for them.
fn asked_for(column: Of) -> (Option<&'static str>, Option<&'static str>) {
    const GIVEN: Option<&str> = Some("content,non_content_only");
    match column {
        Of::Requests => (None, None),
        Of::State(state) => (Some(state.as_str()), None),
        Of::Enterprise(EnterpriseAs::RejectedOrRedirected) => (Some("rejected,redirected"), None),
        Of::Enterprise(EnterpriseAs::ByConsent) => (GIVEN, Some("consent")),
        Of::Enterprise(EnterpriseAs::ByContract) => (GIVEN, Some("contract")),
        Of::Enterprise(EnterpriseAs::Otherwise) => (GIVEN, Some("otherwise")),
        Of::Enterprise(other) => (Some(other.as_str()), None),
    }
}
