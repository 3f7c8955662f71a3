//! A whole file to past cases.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::Particulars;
use super::cell;
use super::fit::Fit;
use super::mapping::{Field, Kind, Mapping};
use super::names::Source;
use super::row::Row;
use super::sheet::{Misfit, Problem, Sheet, SheetRow};
use super::table::Expander;
use crate::domain::text::{Line, ParseError};

/// What a file says: its cases, and everything that keeps a row from being one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The cases, each with the line it stands on.
    pub cases: Vec<(u64, Particulars)>,
    /// What is wrong, row by row; a row with a problem gives no case.
    pub problems: Vec<Problem>,
    /// Rows of a table whose parts do not add up.
    pub misfits: Vec<Misfit>,
    /// How many rows the mapping says are no cases.
    pub skipped: u64,
    /// Columns that nothing was taken from.
    pub unused: Vec<String>,
}

impl Reading {
    /// The lines that gave no case because something is wrong with them.
    pub fn bad_lines(&self) -> BTreeSet<u64> {
        self.problems.iter().map(|problem| problem.line).collect()
    }
}

/// Reads a file. `today` is the day up to which cases may have been received.
///
/// # Errors
/// When the mapping does not fit the file: every column that is missing.
pub fn read(sheet: &Sheet, mapping: &Mapping, source: &Source, today: NaiveDate) -> Result<Reading, Vec<ParseError>> {
    let fit = Fit::new(mapping, sheet)?;
    let mut reading = Reading { unused: fit.unused(), ..Reading::default() };
    let mut references = References::default();
    let mut expander = Expander::new(source, today);
    for row in &sheet.rows {
        if fit.skips(row) {
            reading.skipped = reading.skipped.saturating_add(1);
            continue;
        }
        let mut read = Row::new(&fit, row);
        match mapping.kind() {
            Kind::Cases => {
                let case = read_case(&mut read, source, today, &mut references);
                reading.cases.extend(case.filter(|_| read.problems.is_empty()).map(|case| (row.line, case)));
            }
            Kind::Counts => {
                let expanded = if read.problems.is_empty() { expander.expand(&mut read) } else { None };
                if let Some(expanded) = expanded {
                    reading.cases.extend(expanded.cases.into_iter().map(|case| (row.line, case)));
                    reading.misfits.extend(expanded.misfit);
                }
            }
        }
        reading.problems.append(&mut read.problems);
    }
    Ok(reading)
}

fn read_case(row: &mut Row<'_>, source: &Source, today: NaiveDate, references: &mut References) -> Option<Particulars> {
    let facets = row.facets(today);
    let identifiers = row.needs(Field::Identifiers, cell::count);
    let outcome = row.needs(Field::Outcome, cell::outcome);
    outcome.into_iter().for_each(|outcome| row.check_ground(&facets, outcome));
    let reference = references.of(row);
    facets.case(source, reference?, outcome?, identifiers?)
}

/// How rows are called: by their own reference, or by what they hold and how many alike came before.
#[derive(Default)]
struct References {
    lines: BTreeMap<String, u64>,
    alike: BTreeMap<String, u32>,
}

impl References {
    fn of(&mut self, row: &mut Row<'_>) -> Option<Line> {
        let Some(own) = row.has(Field::Reference, |text| Line::parse("reference", text).map_err(|e| e.reason)) else {
            return self.made_for(row.row);
        };
        let line = row.row.line;
        match self.lines.insert(own.as_str().to_owned(), line) {
            None => Some(own),
            Some(earlier) => {
                self.lines.insert(own.as_str().to_owned(), earlier);
                let column = row.fit.column(Field::Reference).to_owned();
                let reason =
                    format!("“{own}” stands on line {earlier} already. Each case needs a reference of its own.");
                row.take(&column, Err(reason))
            }
        }
    }

    /// A reference that stays the same when the file is imported again, whatever the order of its rows.
    fn made_for(&mut self, row: &SheetRow) -> Option<Line> {
        let mut content = Sha256::new();
        for cell in &row.cells {
            content.update(cell.trim());
            content.update([0x1f]);
        }
        let content: String = hex::encode(content.finalize()).chars().take(32).collect();
        let number = self.alike.entry(content.clone()).or_default();
        *number = number.saturating_add(1);
        Line::parse("reference", &format!("row {content} {number}")).ok()
    }
}
