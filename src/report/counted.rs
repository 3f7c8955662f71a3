//! One case as the reports see it.

use chrono::NaiveDate;

use crate::domain::instrument::{Instrument, InstrumentGroup};
use crate::domain::outcome::Outcome;
use crate::domain::redirect::RedirectResult;
use crate::domain::requester::CustomerType;
use crate::domain::words::closed_words;

/// One case, with just what is counted of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The day it was received; it belongs to that half-year for good, and later outcomes restate it.
    pub received_on: NaiveDate,
    /// The requesting country, ISO 3166 alpha-2.
    pub country: String,
    /// The kind of legal process; imported cases may not tell.
    pub instrument: Option<Instrument>,
    /// Whose account was asked about.
    pub customer: CustomerType,
    /// How many identifiers were asked about.
    pub identifiers: u32,
    /// The one column it is counted in.
    pub state: CountedAs,
    /// Whether a reviewer decided beyond the rules' verdict; never of an imported case.
    pub is_overridden: bool,
    /// What became of its redirect, for an organisation's account.
    pub disclosed_by: Option<RedirectResult>,
    /// The services it names, each once.
    pub services: Vec<CountedService>,
    /// Whether it was closed before Writ and imported.
    pub is_imported: bool,
}

/// One service that a case names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedService {
    /// The service.
    pub service: String,
    /// How many identifiers its own demands asked about.
    pub identifiers: u32,
    /// The one column the case is counted in for this service: how its own demands came out.
    pub state: CountedAs,
}

impl Counted {
    /// Whether it is counted apart and never here: national-security process.
    pub fn is_national_security(&self) -> bool {
        self.instrument.is_some_and(|instrument| instrument.group() == InstrumentGroup::NationalSecurity)
    }

    /// The column of the enterprise table it is counted in.
    pub fn as_enterprise(&self) -> EnterpriseAs {
        match (self.state, self.disclosed_by) {
            (CountedAs::Rejected | CountedAs::Redirected, _) => EnterpriseAs::RejectedOrRedirected,
            (CountedAs::Content | CountedAs::NonContentOnly, Some(RedirectResult::Consent)) => EnterpriseAs::ByConsent,
            (CountedAs::Content | CountedAs::NonContentOnly, Some(RedirectResult::Contract)) => {
                EnterpriseAs::ByContract
            }
            (CountedAs::Content | CountedAs::NonContentOnly, _) => EnterpriseAs::Otherwise,
            (CountedAs::NoData, _) => EnterpriseAs::NoData,
            (CountedAs::Withdrawn, _) => EnterpriseAs::Withdrawn,
            (CountedAs::PreservedOnly, _) => EnterpriseAs::PreservedOnly,
            (CountedAs::Pending, _) => EnterpriseAs::Pending,
        }
    }
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
    /// The column an organisation's case is counted in: on what ground data was given, or why none was.
    pub enum EnterpriseAs {
        RejectedOrRedirected = "rejected_or_redirected", "rejected or redirected";
        ByConsent = "disclosed_by_consent", "disclosed by consent";
        ByContract = "disclosed_by_contract", "disclosed by contract";
        Otherwise = "disclosed_otherwise", "disclosed otherwise";
        NoData = "no_data", "no data";
        Withdrawn = "withdrawn", "withdrawn";
        PreservedOnly = "preserved_only", "preserved only";
        Pending = "pending", "pending";
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
