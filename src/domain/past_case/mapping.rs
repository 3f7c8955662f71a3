//! The mapping: which column of a file is which field, what holds for every row, and which word of the file is
//! which word of ours. `docs/import.md` shows it to people.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::names::Source;
use crate::domain::outcome::Outcome;
use crate::domain::text::ParseError;
use crate::domain::words::closed_words;

closed_words! {
    /// What can be known of a past case.
    pub enum Field {
        Reference = "reference", "reference";
        ReceivedOn = "received_on", "received on";
        Country = "country", "country";
        Instrument = "instrument", "instrument";
        Agency = "agency", "agency";
        Docket = "docket", "docket";
        Customer = "customer", "customer";
        Identifiers = "identifiers", "identifiers";
        Outcome = "outcome", "outcome";
        DisclosedBy = "disclosed_by", "disclosed by";
        Services = "services", "services";
    }
}

closed_words! {
    /// What a row of the file is.
    pub enum Kind {
        Cases = "cases", "one case a row";
        Counts = "counts", "one country a row, with a count for each outcome";
    }
}

/// A mapping. The empty one takes each column for the field of the same name.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    source: Option<String>,
    kind: Option<Kind>,
    /// What parts the cells; found out from the header where it is not said.
    pub delimiter: Option<char>,
    /// How days are written, in the signs of strftime; `%Y-%m-%d` where it is not said.
    pub dates: Option<String>,
    pub(super) columns: BTreeMap<Field, String>,
    constants: BTreeMap<Field, toml::Value>,
    values: BTreeMap<Field, BTreeMap<String, String>>,
    pub(super) counts: BTreeMap<String, String>,
    pub(super) skip: BTreeMap<String, Vec<String>>,
}

impl Mapping {
    /// Reads a mapping file (TOML).
    ///
    /// # Errors
    /// When it is no TOML, names a field that is none, or names its source in a way that can't be kept.
    pub fn parse(text: &str) -> Result<Mapping, ParseError> {
        let mut mapping: Mapping = toml::from_str(text).map_err(|e| ParseError::new("mapping", e.to_string()))?;
        mapping.source()?;
        for words in mapping.values.values_mut() {
            *words = std::mem::take(words).into_iter().map(|(from, to)| (from.trim().to_lowercase(), to)).collect();
        }
        let is_known = |word: &String| word == "total" || word.parse::<Outcome>().is_ok();
        match mapping.counts.keys().find(|word| !is_known(word)) {
            Some(word) => {
                Err(ParseError::new("mapping", format!("[counts]: “{word}” is neither an outcome nor total")))
            }
            None => Ok(mapping),
        }
    }

    /// The source it names.
    ///
    /// # Errors
    /// When that is no name for a source.
    pub fn source(&self) -> Result<Option<Source>, ParseError> {
        self.source.as_deref().map(Source::parse).transpose()
    }

    /// What a row of the file is.
    pub fn kind(&self) -> Kind {
        self.kind.unwrap_or(Kind::Cases)
    }

    /// The same mapping for a table of counts.
    pub fn expanding(self) -> Mapping {
        Mapping { kind: Some(Kind::Counts), ..self }
    }

    /// What holds for every row that says nothing else.
    pub(super) fn constant(&self, field: Field) -> Option<String> {
        self.constants.get(&field).map(|value| match value {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    }

    /// The word that a cell stands for, or the cell itself.
    pub(super) fn translated<'t>(&'t self, field: Field, cell: &'t str) -> &'t str {
        let words = self.values.get(&field);
        words.and_then(|words| words.get(&cell.to_lowercase())).map_or(cell, String::as_str)
    }
}

impl Field {
    /// The names a column may have to be taken for the field without a mapping.
    pub(super) fn usual_names(self) -> &'static [&'static str] {
        match self {
            Field::Reference => &["reference", "source_reference"],
            Field::ReceivedOn => &["received_on", "received", "period"],
            Field::Agency => &["agency", "agency_name"],
            Field::Identifiers => &["identifiers", "accounts"],
            Field::Services => &["services", "service"],
            Field::Country => &["country"],
            Field::Instrument => &["instrument"],
            Field::Docket => &["docket"],
            Field::Customer => &["customer"],
            Field::Outcome => &["outcome"],
            Field::DisclosedBy => &["disclosed_by"],
        }
    }

    /// Whether every past case must have it.
    pub(super) fn is_required(self, kind: Kind) -> bool {
        match self {
            Field::ReceivedOn | Field::Country | Field::Customer | Field::Identifiers => true,
            Field::Outcome => kind == Kind::Cases,
            _ => false,
        }
    }
}
