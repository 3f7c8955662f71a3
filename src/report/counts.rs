//! Counts by column. The number of requests is the sum of the columns and is stored nowhere, so it always fits.

use std::collections::BTreeMap;

use super::counted::{CountedAs, EnterpriseAs};

/// The columns of a table: a closed list that each case falls into once.
pub trait Column: Copy + Ord + 'static {
    /// All of them, in their order.
    const COLUMNS: &'static [Self];
    /// The column's name in files.
    fn name(self) -> &'static str;
    /// The column's name on a page.
    fn title(self) -> &'static str;
}

impl Column for CountedAs {
    const COLUMNS: &'static [Self] = CountedAs::ALL;
    fn name(self) -> &'static str {
        self.as_str()
    }
    fn title(self) -> &'static str {
        self.label()
    }
}

impl Column for EnterpriseAs {
    const COLUMNS: &'static [Self] = EnterpriseAs::ALL;
    fn name(self) -> &'static str {
        self.as_str()
    }
    fn title(self) -> &'static str {
        self.label()
    }
}

/// How many requests, and how many of them were imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Requests.
    pub requests: u64,
    /// Those of them that were closed before Writ.
    pub imported: u64,
}

/// Requests by column, and the identifiers they asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts<C> {
    /// Identifiers asked about, in all requests together.
    pub accounts: u64,
    columns: BTreeMap<C, Tally>,
}

impl<C> Default for Counts<C> {
    fn default() -> Self {
        Counts { accounts: 0, columns: BTreeMap::new() }
    }
}

impl<C: Column> Counts<C> {
    /// What stands in one column.
    pub fn of(&self, column: C) -> Tally {
        self.columns.get(&column).copied().unwrap_or_default()
    }

    /// Every column with what stands in it, in their order.
    pub fn columns(&self) -> impl Iterator<Item = (C, Tally)> {
        C::COLUMNS.iter().map(|column| (*column, self.of(*column)))
    }

    /// All columns together.
    pub fn all(&self) -> Tally {
        self.columns.values().fold(Tally::default(), |all, tally| Tally {
            requests: all.requests.saturating_add(tally.requests),
            imported: all.imported.saturating_add(tally.imported),
        })
    }

    /// The number of requests: each is in exactly one column.
    pub fn requests(&self) -> u64 {
        self.all().requests
    }

    /// Counts one case.
    pub(super) fn add(&mut self, column: C, identifiers: u32, is_imported: bool) {
        let tally = self.columns.entry(column).or_default();
        tally.requests = tally.requests.saturating_add(1);
        tally.imported = tally.imported.saturating_add(u64::from(is_imported));
        self.accounts = self.accounts.saturating_add(u64::from(identifiers));
    }

    /// Requests, accounts, each column and the imported, as the cells of a CSV line.
    pub(super) fn cells(&self) -> Vec<String> {
        let all = self.all();
        let mut cells = vec![all.requests.to_string(), self.accounts.to_string()];
        cells.extend(self.columns().map(|(_, tally)| tally.requests.to_string()));
        cells.push(all.imported.to_string());
        cells
    }

    /// The names of [`Counts::cells`].
    pub(super) fn header() -> Vec<&'static str> {
        let mut header = vec!["requests", "accounts"];
        header.extend(C::COLUMNS.iter().map(|column| column.name()));
        header.push("imported");
        header
    }
}
