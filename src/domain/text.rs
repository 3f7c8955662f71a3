//! Free text from people, parsed once at the door.

use serde::{Deserialize, Serialize};

/// A text, date or number that is not what its field wants. Says which field and what would make it right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ParseError {
    /// The field's name as the form and the API spell it.
    pub field: String,
    /// What is wrong and what would be right, as a sentence.
    pub reason: String,
}

impl ParseError {
    /// An error on one field.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        ParseError { field: field.into(), reason: reason.into() }
    }
}

/// One line of text: 1 to 300 characters, trimmed, without control or direction-changing characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Line(String);

/// Several lines of text: 1 to 10,000 characters, trimmed, no control characters but line ends and tabs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prose(String);

const LONGEST_LINE: usize = 300;
const LONGEST_PROSE: usize = 10_000;

impl Line {
    /// Parses one line.
    ///
    /// # Errors
    /// When it is empty, too long, or holds characters that can't be shown as they are.
    pub fn parse(field: &str, given: &str) -> Result<Self, ParseError> {
        parse(field, given, LONGEST_LINE, |c| c.is_control()).map(Line)
    }

    /// Parses one line where empty means *not given*.
    ///
    /// # Errors
    /// As [`Line::parse`], but for empty text.
    pub fn optional(field: &str, given: &str) -> Result<Option<Self>, ParseError> {
        if given.trim().is_empty() { Ok(None) } else { Line::parse(field, given).map(Some) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Prose {
    /// Parses several lines.
    ///
    /// # Errors
    /// When it is empty, too long, or holds characters that can't be shown as they are.
    pub fn parse(field: &str, given: &str) -> Result<Self, ParseError> {
        let unix = given.replace("\r\n", "\n");
        parse(field, &unix, LONGEST_PROSE, |c| c.is_control() && c != '\n' && c != '\t').map(Prose)
    }

    /// Parses several lines where empty means *not given*.
    ///
    /// # Errors
    /// As [`Prose::parse`], but for empty text.
    pub fn optional(field: &str, given: &str) -> Result<Option<Self>, ParseError> {
        if given.trim().is_empty() { Ok(None) } else { Prose::parse(field, given).map(Some) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Display for Prose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn parse(field: &str, given: &str, longest: usize, is_control: fn(char) -> bool) -> Result<String, ParseError> {
    let text = given.trim();
    if text.is_empty() {
        return Err(ParseError::new(field, "Fill this in."));
    }
    let length = text.chars().count();
    if length > longest {
        return Err(ParseError::new(field, format!("Shorten this to {longest} characters; it has {length}.")));
    }
    if let Some(bad) = text.chars().find(|&c| is_control(c) || turns_direction(c)) {
        let code = u32::from(bad);
        return Err(ParseError::new(field, format!("Remove the invisible character U+{code:04X}.")));
    }
    Ok(text.to_owned())
}

/// Characters that make text read otherwise than it is stored.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}')
}

/// A text as it is searched and matched: lower case, only letters and digits, words parted by one space.
pub fn search_key(text: &str) -> String {
    let folded: String = text.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}
