//! One case as the reports see it.

use chrono::NaiveDate;

use crate::domain::instrument::Instrument;
use crate::domain::outcome::Outcome;
use crate::domain::requester::CustomerType;
use crate::domain::words::closed_words;

/// One case, with just what is counted of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The day it was received; it belongs to that half-year for good, and later outcomes restate it.
    pub received_on: NaiveDate,
    /// The requesting country, ISO 3166 alpha-2.
    pub country: String,
    /// The kind of legal process.
    pub instrument: Instrument,
    /// Whose account was asked about.
    pub customer: CustomerType,
    /// How many identifiers were asked about.
    pub identifiers: u32,
    /// The one column it is counted in.
    pub state: CountedAs,
}

closed_words! {
    /// The column a case is counted in: its outcome, or that it has none yet. Each case is in exactly one.
    pub enum CountedAs {
        Content = "content", "content";
        NonContentOnly = "non_content_only", "non-content only";
        NoData = "no_data", "no data";
        Rejected = "rejected", "rejected";
        Redirected = "redirected", "redirected";
        Withdrawn = "withdrawn", "withdrawn";
        PreservedOnly = "preserved_only", "preserved only";
        Pending = "pending", "pending";
    }
}

impl From<Option<Outcome>> for CountedAs {
    fn from(outcome: Option<Outcome>) -> Self {
        match outcome {
            Some(Outcome::Content) => CountedAs::Content,
            Some(Outcome::NonContentOnly) => CountedAs::NonContentOnly,
            Some(Outcome::NoData) => CountedAs::NoData,
            Some(Outcome::Rejected) => CountedAs::Rejected,
            Some(Outcome::Redirected) => CountedAs::Redirected,
            Some(Outcome::Withdrawn) => CountedAs::Withdrawn,
            Some(Outcome::PreservedOnly) => CountedAs::PreservedOnly,
            None => CountedAs::Pending,
        }
    }
}

closed_words! {
    /// The two kinds of customer that reports tell apart.
    pub enum CustomerKind {
        /// People, for themselves.
        Consumer = "consumer", "consumer";
        /// Organisations, public ones included.
        Enterprise = "enterprise", "enterprise";
    }
}

impl From<CustomerType> for CustomerKind {
    fn from(customer: CustomerType) -> Self {
        match customer {
            CustomerType::Consumer => CustomerKind::Consumer,
            CustomerType::Enterprise | CustomerType::PublicAuthority | CustomerType::UsSenateOffice => {
                CustomerKind::Enterprise
            }
        }
    }
}
