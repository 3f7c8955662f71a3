//! The list of cases behind a number.

use url::form_urlencoded::Serializer;

use crate::domain::half_year::HalfYear;
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

/// Where the cases behind a number are listed; `None` where no list holds exactly these. Today there is a list of
/// imported cases, so a number leads somewhere when all it counts were imported.
pub fn behind(cell: &Cell<'_>) -> Option<String> {
    if cell.tally.requests == 0 || cell.tally.imported != cell.tally.requests {
        return None;
    }
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
