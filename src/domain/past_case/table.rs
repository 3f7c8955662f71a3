//! A published table: one row per country, with a count for each outcome, becomes one case per count.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Particulars;
use super::cell;
use super::mapping::Field;
use super::names::Source;
use super::row::{Facets, Row};
use super::sheet::Misfit;
use crate::domain::outcome::Outcome;
use crate::domain::text::Line;

/// Turns rows of counts into cases. Cases of one kind are numbered through the whole file, so that a later import
/// of the same table finds each of them again.
pub(super) struct Expander<'s> {
    pub source: &'s Source,
    pub today: NaiveDate,
    numbers: BTreeMap<String, u32>,
}

/// What one row became.
pub(super) struct Expanded {
    pub cases: Vec<Particulars>,
    pub misfit: Option<Misfit>,
}

impl<'s> Expander<'s> {
    pub fn new(source: &'s Source, today: NaiveDate) -> Self {
        Expander { source, today, numbers: BTreeMap::new() }
    }

    /// The cases of a row; none when something in it is wrong, which then stands in the row's problems.
    pub fn expand(&mut self, row: &mut Row<'_>) -> Option<Expanded> {
        let facets = row.facets(self.today);
        let accounts = row.needs(Field::Identifiers, cell::count);
        let counts = counts_of(row, &facets);
        let stated = row.fit.total.and_then(|at| count_at(row, at));
        let (accounts, requests) = (accounts?, sum(&counts));
        if requests == 0 && accounts > 0 {
            let column = row.fit.column(Field::Identifiers).to_owned();
            row.take::<()>(&column, Err("The row has accounts and no request they could belong to.".into()));
        }
        if !row.problems.is_empty() {
            return None;
        }
        let mut shares = Shares { left: accounts, rows: requests };
        let mut cases = Vec::new();
        for (outcome, count) in &counts {
            let kind = format!("{} {outcome}", facets.spoken()?);
            for _ in 0..*count {
                cases.push(facets.case(self.source, self.reference(&kind)?, *outcome, shares.next())?);
            }
        }
        let country = facets.country.as_ref()?;
        let misfit = stated.filter(|stated| *stated != requests).map(|stated| Misfit {
            line: row.row.line,
            country: country.clone(),
            stated: stated.into(),
            parts: counts.iter().map(|(_, count)| u64::from(*count)).collect(),
        });
        Some(Expanded { cases, misfit })
    }

    fn reference(&mut self, kind: &str) -> Option<Line> {
        let number = self.numbers.entry(kind.to_owned()).or_default();
        *number = number.saturating_add(1);
        Line::parse("reference", &format!("{kind} {number}")).ok()
    }
}

/// Spreads a country's accounts over its requests as evenly as whole numbers allow; the sum is exact. Which
/// request had how many is not known, and no figure but the sum is made of it.
struct Shares {
    left: u32,
    rows: u32,
}

impl Shares {
    fn next(&mut self) -> u32 {
        let share = self.left.checked_div(self.rows).unwrap_or(0).saturating_add(u32::from(self.has_rest()));
        self.left = self.left.saturating_sub(share);
        self.rows = self.rows.saturating_sub(1);
        share
    }

    fn has_rest(&self) -> bool {
        self.left.checked_rem(self.rows).is_some_and(|rest| rest > 0)
    }
}

/// The counts of a row by outcome. One that can't be read stands in the row's problems.
fn counts_of(row: &mut Row<'_>, facets: &Facets) -> Vec<(Outcome, u32)> {
    let mut counts = Vec::new();
    for (outcome, at) in &row.fit.counts {
        let Some(count) = count_at(row, *at) else { continue };
        if count > 0 {
            row.check_ground(facets, *outcome);
        }
        counts.push((*outcome, count));
    }
    counts
}

fn sum(counts: &[(Outcome, u32)]) -> u32 {
    counts.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
}

fn count_at(row: &mut Row<'_>, at: usize) -> Option<u32> {
    let column = row.fit.column_at(at).to_owned();
    let parsed = cell::count(row.row.cells.get(at).map_or("", |text| text.trim()));
    row.take(&column, parsed)
}
