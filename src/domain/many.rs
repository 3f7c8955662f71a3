//! Many demands at once, as people paste them: one identifier a line, or a CSV with a header. Every line that goes in
//! comes out again, as a demand, as one known already, or with what is wrong with it; none is ever dropped.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::catalogue::Catalogue;
use super::demand::{Demand, Period};
use super::identifier::{Identifier, IdentifierKind, kind_of};
use super::text::Line;

mod table;

use table::{Cells, Table};

/// The most lines taken at once, blank ones included.
pub const MOST_LINES: usize = 5_000;
/// The most demands made at once: lines times kinds of data.
pub const MOST_DEMANDS: usize = 10_000;

/// Service and category by their ids in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Item {
    /// Service id.
    pub service: String,
    /// Category id.
    pub category: String,
}

/// What holds for every line that says nothing else.
#[derive(Debug, Clone, Default)]
pub struct ForAll {
    /// The kind of identifier; none where it is told from each line.
    pub kind: Option<IdentifierKind>,
    /// What is asked: each identifier is asked about each of these.
    pub items: Vec<Item>,
    /// The period asked.
    pub period: Period,
    /// The country whose national phone numbers are meant, ISO 3166 alpha-2.
    pub region: Option<String>,
    /// Whether demands that the case has already, or an earlier line asks, are entered once more.
    pub again: bool,
}

/// One demand that a line asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Asks {
    /// The account.
    pub identifier: Identifier,
    /// What is asked about it.
    pub item: Item,
    /// The period asked.
    pub period: Period,
    /// The paper's own words, where the line gives them.
    pub words: Option<Line>,
}

/// Where a demand stands already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// On the case, under this number.
    OnCase(u32),
    /// On an earlier line, counted from 1.
    OnLine(usize),
}

/// What a line came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Is {
    /// Nothing stands on it.
    Blank,
    /// It names the columns.
    Header,
    /// Demands to enter, at least one.
    Good {
        /// The demands.
        asks: Vec<Asks>,
        /// Whether the kind of identifier was told from the text.
        is_guessed: bool,
        /// Where those it also asks stand already.
        known: Vec<Known>,
    },
    /// All it asks is known already.
    Twice {
        /// Where.
        known: Vec<Known>,
    },
    /// It can't be entered as it is.
    Bad {
        /// What is wrong and what would be right, as sentences.
        wrong: String,
    },
}

/// One line that went in.
#[derive(Debug, Clone, PartialEq)]
pub struct LineRead {
    /// Counted from 1.
    pub number: usize,
    /// As it was typed.
    pub text: String,
    /// What it came to.
    pub is: Is,
}

/// All lines that went in, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Many {
    /// Each line once.
    pub lines: Vec<LineRead>,
}

/// More at once than is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TooMany {
    /// Too many lines.
    #[error("There are {0} lines; enter at most {MOST_LINES} at a time.")]
    Lines(usize),
    /// Too many demands.
    #[error("The lines make {0} demands; enter at most {MOST_DEMANDS} at a time, with fewer lines or kinds of data.")]
    Demands(usize),
}

/// Reads what was pasted, on a case that has these demands.
///
/// # Errors
/// [`TooMany`]; nothing is read then.
pub fn read(text: &str, for_all: &ForAll, catalogue: &Catalogue, on_case: &[Demand]) -> Result<Many, TooMany> {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = unix.trim_start_matches('\u{FEFF}').lines().collect();
    if lines.len() > MOST_LINES {
        return Err(TooMany::Lines(lines.len()));
    }
    let mut reader = Reader { for_all, catalogue, table: Table::find(&lines), known: known_on(on_case) };
    let line = |(at, text): (usize, &&str)| {
        let number = at.saturating_add(1);
        LineRead { number, text: (*text).to_owned(), is: reader.line(number, text) }
    };
    let many = Many { lines: lines.iter().enumerate().map(line).collect() };
    match many.asks().count() {
        count if count > MOST_DEMANDS => Err(TooMany::Demands(count)),
        _ => Ok(many),
    }
}

impl Many {
    /// All demands to enter, in the order of their lines.
    pub fn asks(&self) -> impl Iterator<Item = &Asks> {
        self.lines.iter().flat_map(|line| match &line.is {
            Is::Good { asks, .. } => asks.as_slice(),
            _ => &[],
        })
    }

    /// All demands to enter by what they ask, each kind of data in the order of the lines: so that demands which are
    /// decided together stand together.
    pub fn asks_by_item(&self) -> Vec<&Asks> {
        let mut order: Vec<&Item> = Vec::new();
        let mut all: Vec<(usize, &Asks)> = Vec::new();
        for asks in self.asks() {
            let known = order.iter().position(|item| **item == asks.item);
            let place = known.unwrap_or_else(|| {
                order.push(&asks.item);
                order.len().saturating_sub(1)
            });
            all.push((place, asks));
        }
        all.sort_by_key(|(place, _)| *place);
        all.into_iter().map(|(_, asks)| asks).collect()
    }

    /// The lines that can be entered.
    pub fn good(&self) -> Vec<&LineRead> {
        self.lines.iter().filter(|line| matches!(line.is, Is::Good { .. })).collect()
    }

    /// The lines whose demands all stand elsewhere already.
    pub fn twice(&self) -> Vec<&LineRead> {
        self.lines.iter().filter(|line| matches!(line.is, Is::Twice { .. })).collect()
    }

    /// The lines with something wrong.
    pub fn bad(&self) -> Vec<&LineRead> {
        self.lines.iter().filter(|line| matches!(line.is, Is::Bad { .. })).collect()
    }

    /// What is left to mend once the good lines are entered: the bad lines as typed, under their header.
    pub fn left(&self) -> String {
        let stays = |line: &&LineRead| matches!(line.is, Is::Bad { .. } | Is::Header);
        let left: Vec<&str> = self.lines.iter().filter(stays).map(|line| line.text.as_str()).collect();
        if self.bad().is_empty() { String::new() } else { left.join("\n") }
    }
}

/// What makes two demands the same.
#[derive(PartialEq, Eq, Hash)]
struct Same {
    kind: IdentifierKind,
    normalised: String,
    seen: (Option<DateTime<Utc>>, Option<u16>),
    item: Item,
    period: (Option<NaiveDate>, Option<NaiveDate>),
}

impl Same {
    fn new(identifier: &Identifier, item: Item, period: Period) -> Same {
        Same {
            kind: identifier.kind,
            normalised: identifier.normalised.clone(),
            seen: (identifier.at, identifier.port),
            item,
            period: (period.from, period.to),
        }
    }
}

fn known_on(on_case: &[Demand]) -> HashMap<Same, Known> {
    let known = |demand: &Demand| {
        let asked = &demand.asked;
        let item = Item { service: asked.service.clone(), category: asked.category.clone() };
        (Same::new(&asked.identifier, item, asked.period), Known::OnCase(demand.position))
    };
    on_case.iter().map(known).collect()
}

struct Reader<'r> {
    for_all: &'r ForAll,
    catalogue: &'r Catalogue,
    table: Table,
    known: HashMap<Same, Known>,
}

impl Reader<'_> {
    fn line(&mut self, number: usize, text: &str) -> Is {
        if text.trim().is_empty() {
            return Is::Blank;
        }
        if self.table.is_header(number) {
            return self.table.wrong().map_or(Is::Header, |wrong| Is::Bad { wrong });
        }
        let read = self.table.cells(text).and_then(|cells| self.asks(&cells));
        match read {
            Err(wrong) => Is::Bad { wrong },
            Ok((asks, is_guessed)) => self.parted(number, asks, is_guessed),
        }
    }

    /// What is new of what a line asks, and where the rest stands.
    fn parted(&mut self, number: usize, all: Vec<Asks>, is_guessed: bool) -> Is {
        let (mut asks, mut known) = (Vec::new(), Vec::new());
        for one in all {
            let same = Same::new(&one.identifier, one.item.clone(), one.period);
            match self.known.get(&same) {
                Some(where_) if !self.for_all.again => known.push(*where_),
                Some(_) => asks.push(one),
                None => {
                    self.known.insert(same, Known::OnLine(number));
                    asks.push(one);
                }
            }
        }
        if asks.is_empty() { Is::Twice { known } } else { Is::Good { asks, is_guessed, known } }
    }

    fn asks(&self, cells: &Cells) -> Result<(Vec<Asks>, bool), String> {
        let (kind, is_guessed) = self.kind(cells)?;
        let region = self.for_all.region.as_deref();
        let identifier = Identifier::parse(kind, &cells.identifier, region).map_err(|e| e.to_string())?;
        let period = self.period(cells)?;
        let words = cells.words.as_deref().map(|words| Line::parse("words", words)).transpose();
        let words = words.map_err(|e| format!("The words: {}", e.reason))?;
        let asks = |item| Asks { identifier: identifier.clone(), item, period, words: words.clone() };
        Ok((self.items(cells)?.into_iter().map(asks).collect(), is_guessed))
    }

    fn kind(&self, cells: &Cells) -> Result<(IdentifierKind, bool), String> {
        if let Some(given) = &cells.kind {
            let fits = |kind: &&IdentifierKind| {
                given.eq_ignore_ascii_case(kind.as_str()) || given.eq_ignore_ascii_case(kind.label())
            };
            let words: Vec<&str> = IdentifierKind::ALL.iter().map(|kind| kind.as_str()).collect();
            let unknown = || format!("“{given}” is no kind of identifier; the kinds are {}.", words.join(", "));
            return IdentifierKind::ALL.iter().find(fits).map(|kind| (*kind, false)).ok_or_else(unknown);
        }
        if let Some(kind) = self.for_all.kind {
            return Ok((kind, false));
        }
        kind_of(&cells.identifier).map(|kind| (kind, true)).ok_or_else(|| {
            "What kind of identifier this is can't be told: choose one kind for all lines, or give a column “kind”."
                .to_owned()
        })
    }

    fn items(&self, cells: &Cells) -> Result<Vec<Item>, String> {
        match (&cells.service, &cells.category) {
            (None, None) if self.for_all.items.is_empty() => {
                Err("It does not say what is asked: choose it for all lines, or give columns “service” and “category”."
                    .to_owned())
            }
            (None, None) => Ok(self.for_all.items.clone()),
            (Some(service), Some(category)) => self.item(service, category).map(|item| vec![item]),
            _ => Err("Give service and category together, or neither of them.".to_owned()),
        }
    }

    fn item(&self, service: &str, category: &str) -> Result<Item, String> {
        let is = |given: &str, id: &str, name: &str| given.eq_ignore_ascii_case(id) || given.eq_ignore_ascii_case(name);
        let found = self.catalogue.services.iter().find(|s| is(service, &s.id, &s.name));
        let found = found.ok_or_else(|| {
            let ids: Vec<&str> = self.catalogue.services.iter().map(|s| s.id.as_str()).collect();
            format!("The catalogue has no service “{service}”; it has {}.", ids.join(", "))
        })?;
        let kept = found.categories.iter().find(|c| is(category, &c.id, &c.name)).ok_or_else(|| {
            let ids: Vec<&str> = found.categories.iter().map(|c| c.id.as_str()).collect();
            format!("{} keeps no “{category}”; it keeps {}.", found.name, ids.join(", "))
        })?;
        Ok(Item { service: found.id.clone(), category: kept.id.clone() })
    }

    fn period(&self, cells: &Cells) -> Result<Period, String> {
        let day = |text: &String| {
            let unfit = || format!("“{text}” is no day; write it as 2026-11-23.");
            NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| unfit())
        };
        let from = cells.from.as_ref().map(day).transpose()?.or(self.for_all.period.from);
        let to = cells.to.as_ref().map(day).transpose()?.or(self.for_all.period.to);
        Period::new(from, to).map_err(|e| e.reason)
    }
}

#[cfg(test)]
mod tests;
