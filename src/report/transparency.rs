//! The transparency table: how many demands came, from where, about whom, and how they came out.

use std::collections::BTreeMap;

use super::HalfYear;
use super::counted::{Counted, CountedAs, CustomerKind};
use crate::domain::instrument::InstrumentGroup;
use crate::sheet;

/// Demands per half-year, country and kind of customer. National-security demands are not in it (see the room's
/// rule), and nothing in it tells whether there were any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TransparencyTable {
    /// The rows, sorted by half-year, country and kind of customer; none is empty.
    pub rows: Vec<Row>,
    /// The sum of each half-year's rows, earliest first.
    pub totals: Vec<(HalfYear, Counts)>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// When the demands were received.
    pub period: HalfYear,
    /// The requesting country.
    pub country: String,
    /// Whose accounts were asked about.
    pub customer: CustomerKind,
    /// How many, and how they came out.
    pub counts: Counts,
}

/// Counts by outcome. The number of requests is their sum and is stored nowhere, so it always fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Identifiers asked about, in all requests together.
    pub accounts: u64,
    /// Requests that led to content.
    pub content: u64,
    /// Requests that led to records alone.
    pub non_content_only: u64,
    /// Good papers for which nothing was held.
    pub no_data: u64,
    /// Requests refused.
    pub rejected: u64,
    /// Requests sent on to the customer.
    pub redirected: u64,
    /// Requests taken back.
    pub withdrawn: u64,
    /// Requests for which data was kept and nothing left.
    pub preserved_only: u64,
    /// Requests without an outcome yet.
    pub pending: u64,
}

impl TransparencyTable {
    /// The header of the CSV form. `requests` is the sum of the eight columns after `accounts`; `accounts` counts
    /// identifiers and sums to nothing. After the rows of a half-year comes its total, with `all` in place of
    /// country and customer.
    pub const HEADER: [&str; 13] = [
        "period",
        "country",
        "customer",
        "requests",
        "accounts",
        "content",
        "non_content_only",
        "no_data",
        "rejected",
        "redirected",
        "withdrawn",
        "preserved_only",
        "pending",
    ];

    /// Counts cases, in whatever order they come. National-security instruments are left out.
    pub fn from_cases(cases: impl IntoIterator<Item = Counted>) -> TransparencyTable {
        let mut rows: BTreeMap<(HalfYear, String, CustomerKind), Counts> = BTreeMap::new();
        let mut totals: BTreeMap<HalfYear, Counts> = BTreeMap::new();
        for case in cases {
            if case.instrument.group() == InstrumentGroup::NationalSecurity {
                continue;
            }
            let period = HalfYear::of(case.received_on);
            totals.entry(period).or_default().add(case.state, case.identifiers);
            let row = rows.entry((period, case.country, case.customer.into())).or_default();
            row.add(case.state, case.identifiers);
        }
        let rows = rows.into_iter();
        TransparencyTable {
            rows: rows.map(|((period, country, customer), counts)| Row { period, country, customer, counts }).collect(),
            totals: totals.into_iter().collect(),
        }
    }

    /// The table as CSV: [`Self::HEADER`], then each half-year's rows and its total. Lines end as RFC 4180 says.
    pub fn to_csv(&self) -> String {
        let mut text = sheet::line(Self::HEADER);
        for (period, total) in &self.totals {
            for row in self.rows.iter().filter(|row| row.period == *period) {
                text.push_str(&csv_line(*period, &row.country, row.customer.as_str(), row.counts));
            }
            text.push_str(&csv_line(*period, "all", "all", *total));
        }
        text
    }
}

impl Counts {
    /// The number of requests: each is in exactly one column.
    pub fn requests(&self) -> u64 {
        CountedAs::ALL.iter().map(|state| self.of(*state)).fold(0, u64::saturating_add)
    }

    /// The number of requests in one column.
    pub fn of(&self, state: CountedAs) -> u64 {
        match state {
            CountedAs::Content => self.content,
            CountedAs::NonContentOnly => self.non_content_only,
            CountedAs::NoData => self.no_data,
            CountedAs::Rejected => self.rejected,
            CountedAs::Redirected => self.redirected,
            CountedAs::Withdrawn => self.withdrawn,
            CountedAs::PreservedOnly => self.preserved_only,
            CountedAs::Pending => self.pending,
        }
    }

    fn add(&mut self, state: CountedAs, identifiers: u32) {
        let column = match state {
            CountedAs::Content => &mut self.content,
            CountedAs::NonContentOnly => &mut self.non_content_only,
            CountedAs::NoData => &mut self.no_data,
            CountedAs::Rejected => &mut self.rejected,
            CountedAs::Redirected => &mut self.redirected,
            CountedAs::Withdrawn => &mut self.withdrawn,
            CountedAs::PreservedOnly => &mut self.preserved_only,
            CountedAs::Pending => &mut self.pending,
        };
        *column = column.saturating_add(1);
        self.accounts = self.accounts.saturating_add(u64::from(identifiers));
    }
}

fn csv_line(period: HalfYear, country: &str, customer: &str, counts: Counts) -> String {
    let mut cells = vec![period.to_string(), country.to_owned(), customer.to_owned()];
    cells.extend([counts.requests(), counts.accounts].map(|count| count.to_string()));
    cells.extend(CountedAs::ALL.iter().map(|state| counts.of(*state).to_string()));
    sheet::line(cells.iter().map(String::as_str))
}

#[cfg(test)]
mod tests;
