//! Two names that stand in the log for ever, so that what they may hold is narrow: the source of an import, and
//! services.

use serde::{Deserialize, Serialize};

use crate::domain::text::ParseError;

/// The system or table that past cases come from: lower-case letters, digits, dots, dashes, underscores, at most 60.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Source(String);

impl Source {
    /// Reads a name; capitals become small and blanks become dashes.
    ///
    /// # Errors
    /// When it has other characters, none, or too many.
    pub fn parse(given: &str) -> Result<Source, ParseError> {
        let name = given.trim().to_lowercase().replace(' ', "-");
        let is_fit = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
        if name.is_empty() || name.len() > 60 || !name.chars().all(is_fit) {
            return Err(ParseError::new(
                "source",
                "Name the source with letters, digits, dots and dashes, at most 60, for example old-register.",
            ));
        }
        Ok(Source(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A service of ours, as the catalogue spells it or as it once was called: words joined by underscores. What looks
/// like an address or an account number is refused, because services stand in payloads that are never erased.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServiceWord(String);

impl ServiceWord {
    /// Reads a service's name; `Mail & Calendar` becomes `mail_calendar`.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(given: &str) -> Result<ServiceWord, ParseError> {
        let word: String = given.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let word = word.split_whitespace().collect::<Vec<_>>().join("_");
        let digits = word.chars().filter(char::is_ascii_digit).count();
        if word.is_empty() || word.chars().count() > 40 || digits > 4 || given.contains('@') {
            return Err(ParseError::new(
                "services",
                "Give a service by its name, at most 40 characters, for example mail; several with a semicolon between.",
            ));
        }
        Ok(ServiceWord(word))
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ServiceWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
