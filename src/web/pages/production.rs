//! What is about to leave: every file with the demand it was collected for.

use super::case_parts::Words;
use super::case_review::is_short;
use crate::domain::case::Case;
use crate::domain::document::Document;

/// As many files are listed; the Documents tab has all.
const LISTED: usize = 200;

/// The files of a production.
pub struct Production {
    /// How many there are.
    pub count: usize,
    /// Each, in the order of the demands.
    pub files: Vec<FileLine>,
}

/// One file.
pub struct FileLine {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its size in words.
    pub size: String,
    /// The number of the demand it answers.
    pub number: u32,
    /// The identifier asked about.
    pub identifier: String,
    /// Whether that must stay on one line.
    pub is_short: bool,
    /// Service and category.
    pub what: String,
    /// The period asked.
    pub period: String,
}

impl Production {
    /// Files that the list leaves out.
    pub fn more(&self) -> usize {
        self.count.saturating_sub(self.files.len())
    }
}

/// The production of a case as the people who work on it see it.
pub fn production(case: &Case, words: Words<'_>) -> Production {
    let files = case.production();
    Production { count: files.len(), files: files.iter().take(LISTED).filter_map(|d| file(case, d, words)).collect() }
}

fn file(case: &Case, document: &Document, words: Words<'_>) -> Option<FileLine> {
    let demand = case.demand(document.demand?)?;
    let asked = &demand.asked;
    Some(FileLine {
        id: document.id.to_string(),
        name: document.file_name.to_string(),
        size: super::size(document.size),
        number: demand.position,
        identifier: asked.identifier.display(),
        is_short: is_short(demand),
        what: words.what(&asked.service, &asked.category),
        period: asked.period.to_string(),
    })
}
