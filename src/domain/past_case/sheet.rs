//! What a file holds before anybody knows what its columns mean, and what is wrong with it.

use crate::domain::agency::Country;
use crate::domain::country::country_name;

/// A file of rows under one header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The rows under it.
    pub rows: Vec<SheetRow>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// The line of the file it begins on, from 1.
    pub line: u64,
    /// Its cells.
    pub cells: Vec<String>,
}

/// Why a row can't be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file.
    pub line: u64,
    /// The column, as the file names it; empty when the row as a whole is at fault.
    pub column: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.column.as_str() {
            "" => write!(f, "line {}: {}", self.line, self.reason),
            column => write!(f, "line {}, column “{column}”: {}", self.line, self.reason),
        }
    }
}

/// A row of a published table whose parts do not add up to the total it states. Its parts are entered; what is
/// missing is named and not invented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The line of the file.
    pub line: u64,
    /// The country of the row.
    pub country: Country,
    /// The total the row states.
    pub stated: u64,
    /// The counts of the row, as they stand in it.
    pub parts: Vec<u64>,
}

impl Misfit {
    /// The sum of the parts.
    pub fn sum(&self) -> u64 {
        self.parts.iter().fold(0, |sum, part| sum.saturating_add(*part))
    }
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<String> = self.parts.iter().map(ToString::to_string).collect();
        let (name, code, stated, sum) = (country_name(self.country.as_str()), &self.country, self.stated, self.sum());
        let (difference, kind) = (stated.abs_diff(sum), if stated > sum { "missing" } else { "too many" });
        write!(
            f,
            "line {}, {name} ({code}): the row states {stated}, its parts add up to {sum} ({}), {difference} {kind}. \
             The {sum} are entered; nothing is invented.",
            self.line,
            parts.join(" + ")
        )
    }
}
