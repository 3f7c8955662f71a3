//! The report's tables as CSV. Lines end as RFC 4180 says.

use super::counted::{CountedAs, EnterpriseAs};
use super::counts::{Column, Counts};
use super::transparency::{HalfYearReport, Transparency};
use crate::domain::words::closed_words;
use crate::sheet;

closed_words! {
    /// The tables of the report.
    pub enum Table {
        /// Half-year, country, kind of customer; then the sum of each kind of customer and of all, with `all` in
        /// place of what was summed over.
        Countries = "countries", "by country";
        /// Half-year and country for organisations' accounts alone, then their sum.
        Enterprise = "enterprise", "enterprise customers";
        /// Half-year and service; `none_named` for requests that name none. These rows have no sum.
        Services = "services", "by service";
    }
}

/// What stands for the service of requests that name none.
pub(super) const NONE_NAMED: &str = "none_named";

impl Transparency {
    /// One table as CSV: a header, then each half-year. `requests` is the sum of the eight columns after `accounts`;
    /// `accounts` counts identifiers and sums to nothing; `imported` says how many of the requests were imported.
    pub fn to_csv(&self, table: Table) -> String {
        let mut text = match table {
            Table::Countries => header::<CountedAs>(&["period", "country", "customer"]),
            Table::Enterprise => header::<EnterpriseAs>(&["period", "country"]),
            Table::Services => header::<CountedAs>(&["period", "service"]),
        };
        for half in &self.halves {
            match table {
                Table::Countries => half.write_countries(&mut text),
                Table::Enterprise => half.write_enterprise(&mut text),
                Table::Services => half.write_services(&mut text),
            }
        }
        text
    }
}

impl HalfYearReport {
    fn write_countries(&self, text: &mut String) {
        let period = self.period.to_string();
        for row in &self.rows {
            write(text, &[&period, &row.country, row.customer.as_str()], &row.counts);
        }
        for (kind, counts) in &self.customers {
            write(text, &[&period, "all", kind.as_str()], counts);
        }
        write(text, &[&period, "all", "all"], &self.total);
    }

    fn write_enterprise(&self, text: &mut String) {
        let period = self.period.to_string();
        for row in &self.enterprise {
            write(text, &[&period, &row.country], &row.counts);
        }
        write(text, &[&period, "all"], &self.enterprise_total);
    }

    fn write_services(&self, text: &mut String) {
        let period = self.period.to_string();
        for row in &self.services {
            write(text, &[&period, row.service.as_deref().unwrap_or(NONE_NAMED)], &row.counts);
        }
    }
}

fn header<C: Column>(keys: &[&'static str]) -> String {
    sheet::line(keys.iter().copied().chain(Counts::<C>::header()))
}

fn write<C: Column>(text: &mut String, keys: &[&str], counts: &Counts<C>) {
    let cells = counts.cells();
    text.push_str(&sheet::line(keys.iter().copied().chain(cells.iter().map(String::as_str))));
}
