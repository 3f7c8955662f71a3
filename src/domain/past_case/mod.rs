//! Past cases: legal demands answered and closed before Writ, read from a file and counted in reports. A past case
//! is no [`Case`](super::case::Case): it has no stage, passed no gate of ours, and is marked *imported* wherever it
//! shows.
//!
//! A file becomes past cases in three steps: a [`Sheet`] is what the file holds, a [`Mapping`] says which column is
//! which field, and [`read`] gives the cases with everything that is wrong, each at its line and column.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::agency::Country;
use super::half_year::HalfYear;
use super::id::PastCaseId;
use super::instrument::Instrument;
use super::outcome::Outcome;
use super::redirect::RedirectResult;
use super::requester::CustomerType;
use super::text::Line;

mod cell;
mod fit;
mod mapping;
mod names;
mod reading;
mod row;
mod sheet;
mod table;

pub use mapping::{Field, Kind, Mapping};
pub use names::{ServiceWord, Source};
pub use reading::{Reading, read};
pub use sheet::{Misfit, Problem, Sheet, SheetRow};

/// A case that was closed before Writ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastCase {
    /// Identity.
    pub id: PastCaseId,
    /// What the file says of it.
    #[serde(flatten)]
    pub is: Particulars,
}

/// What a file says of a past case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Particulars {
    /// The system or table it comes from.
    pub source: Source,
    /// How that source calls it; unique within the source, so that importing again enters nothing twice. Personal:
    /// old registers name people in their references.
    pub source_reference: Line,
    /// The day it was received; the first day of the half-year where only that is known.
    pub received_on: NaiveDate,
    /// Whether the source tells the day, or the half-year alone.
    pub is_day_known: bool,
    /// The asking country.
    pub country: Country,
    /// The kind of legal process, where the source tells; never national-security process.
    pub instrument: Option<Instrument>,
    /// The asking agency as the source names it.
    pub agency_name: Option<Line>,
    /// The docket or file number of the paper.
    pub docket: Option<Line>,
    /// Whose accounts were asked about.
    pub customer: CustomerType,
    /// How many identifiers were asked about.
    pub identifier_count: u32,
    /// How it came out.
    pub outcome: Outcome,
    /// For an organisation's account whose data was given: by its consent or its contract, where that is known.
    pub disclosed_by: Option<RedirectResult>,
    /// The services it asked about, in alphabetical order.
    pub services: Vec<ServiceWord>,
}

impl Particulars {
    /// The half-year it is counted in.
    pub fn period(&self) -> HalfYear {
        HalfYear::of(self.received_on)
    }

    /// When it was received, as exactly as the source tells.
    pub fn received(&self) -> String {
        if self.is_day_known { self.received_on.to_string() } else { self.period().to_string() }
    }
}

/// Which past cases to list. Empty means any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PastFilter {
    /// Received in this half-year.
    pub period: Option<HalfYear>,
    /// Asked by this country.
    pub country: Option<Country>,
    /// With one of these outcomes.
    pub outcomes: Vec<Outcome>,
    /// About customers of one of these types.
    pub customers: Vec<CustomerType>,
    /// Data given on this ground.
    pub disclosed_by: Option<DisclosedBy>,
    /// Naming this service.
    pub service: Option<ServiceWord>,
}

/// On what ground an organisation's data was given, as lists are asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisclosedBy {
    /// By the customer's consent or contract.
    Ground(RedirectResult),
    /// On the paper itself, or on a ground the source does not tell.
    Otherwise,
}

/// The place after which a page of past cases goes on: its last line. Newest received come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastAfter {
    /// The day it was received.
    pub received_on: NaiveDate,
    /// Its id.
    pub id: PastCaseId,
}

#[cfg(test)]
mod tests;
