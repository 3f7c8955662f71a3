//! A mapping laid over the header of a file: which column each field is taken from.

use std::collections::{BTreeMap, BTreeSet};

use super::mapping::{Field, Kind, Mapping};
use super::sheet::{Sheet, SheetRow};
use crate::domain::outcome::Outcome;
use crate::domain::text::ParseError;

/// A mapping that fits a file.
pub(super) struct Fit<'m> {
    pub mapping: &'m Mapping,
    header: &'m [String],
    fields: BTreeMap<Field, usize>,
    pub counts: BTreeMap<Outcome, usize>,
    pub total: Option<usize>,
    skip: Vec<(usize, &'m [String])>,
}

impl<'m> Fit<'m> {
    /// Lays a mapping over a header.
    ///
    /// # Errors
    /// Every column that is named and not there, and every field that is needed and nowhere to be found.
    pub fn new(mapping: &'m Mapping, sheet: &'m Sheet) -> Result<Fit<'m>, Vec<ParseError>> {
        let header = sheet.header.as_slice();
        let mut fit =
            Fit { mapping, header, fields: BTreeMap::new(), counts: BTreeMap::new(), total: None, skip: Vec::new() };
        let mut wrong = Vec::new();
        for field in Field::ALL {
            let at = fit.column_named(mapping.columns.get(field), field.usual_names(), &mut wrong);
            at.and_then(|at| fit.fields.insert(*field, at));
        }
        if mapping.kind() == Kind::Counts {
            for outcome in Outcome::ALL {
                let at = fit.column_named(mapping.counts.get(outcome.as_str()), &[outcome.as_str()], &mut wrong);
                at.and_then(|at| fit.counts.insert(*outcome, at));
            }
            fit.total = fit.column_named(mapping.counts.get("total"), &["requests", "total"], &mut wrong);
        }
        for (column, words) in &mapping.skip {
            let at = fit.column_named(Some(column), &[], &mut wrong);
            at.into_iter().for_each(|at| fit.skip.push((at, words.as_slice())));
        }
        fit.needs(&mut wrong);
        if wrong.is_empty() { Ok(fit) } else { Err(wrong) }
    }

    /// The column that the mapping names, which must be there; or else one with a usual name, which may be.
    fn column_named(&self, named: Option<&String>, usual: &[&str], wrong: &mut Vec<ParseError>) -> Option<usize> {
        let Some(column) = named else { return usual.iter().find_map(|name| fit_column(self.header, name)) };
        let at = fit_column(self.header, column);
        if at.is_none() {
            let reason = format!("The file has no column “{column}”. It has: {}.", self.header.join(", "));
            wrong.push(ParseError::new(column, reason));
        }
        at
    }

    fn needs(&self, wrong: &mut Vec<ParseError>) {
        let kind = self.mapping.kind();
        for field in Field::ALL.iter().filter(|field| field.is_required(kind)) {
            let is_named = self.fields.contains_key(field) || self.mapping.columns.contains_key(field);
            if !is_named && self.mapping.constant(*field).is_none() {
                wrong.push(ParseError::new(
                    field.as_str(),
                    format!(
                        "No column is “{field}”. Name it under [columns], or give one value for all rows under \
                         [constants]. The file has: {}.",
                        self.header.join(", ")
                    ),
                ));
            }
        }
        if kind == Kind::Counts && self.counts.is_empty() {
            wrong.push(ParseError::new("counts", "No column counts an outcome. Name them under [counts]."));
        }
    }

    /// What a row says of a field: its cell in our words, or what holds for every row; `None` where it says nothing.
    pub fn text<'t>(&'t self, row: &'t SheetRow, field: Field) -> Option<String> {
        let cell = self.fields.get(&field).and_then(|at| row.cells.get(*at)).map_or("", |cell| cell.trim());
        let text = self.mapping.translated(field, cell).trim();
        let constant = || self.mapping.constant(field).map(|text| text.trim().to_owned());
        if text.is_empty() { constant().filter(|text| !text.is_empty()) } else { Some(text.to_owned()) }
    }

    /// How the file names the column of a field; the field's own name where a constant stands for it.
    pub fn column(&self, field: Field) -> &str {
        self.fields.get(&field).and_then(|at| self.header.get(*at)).map_or(field.as_str(), String::as_str)
    }

    /// The name of a column by its place.
    pub fn column_at(&self, at: usize) -> &str {
        self.header.get(at).map_or("", String::as_str)
    }

    /// How many cells a row must have.
    pub fn width(&self) -> usize {
        self.header.len()
    }

    /// Whether the mapping says that a row is no case, such as a line of totals.
    pub fn skips(&self, row: &SheetRow) -> bool {
        let is_one = |at: &usize, words: &[String]| {
            row.cells
                .get(*at)
                .is_some_and(|cell| words.iter().any(|word| word.trim().eq_ignore_ascii_case(cell.trim())))
        };
        self.skip.iter().any(|(at, words)| is_one(at, words))
    }

    /// Columns that nothing is taken from.
    pub fn unused(&self) -> Vec<String> {
        let used: BTreeSet<usize> = self
            .fields
            .values()
            .chain(self.counts.values())
            .chain(&self.total)
            .copied()
            .chain(self.skip.iter().map(|(at, _)| *at))
            .collect();
        let columns = self.header.iter().enumerate().filter(|(at, _)| !used.contains(at));
        columns.map(|(_, name)| name.clone()).collect()
    }
}

/// The place of a column, whatever its capitals and whether it is written with blanks or underscores.
fn fit_column(header: &[String], name: &str) -> Option<usize> {
    let folded = |text: &str| text.trim().to_lowercase().replace([' ', '-'], "_");
    header.iter().position(|column| folded(column) == folded(name))
}
