//! Reading an object field by field, with everything that is wrong with it at once: what is missing, what is not of
//! its type, what is on no list, and what nobody asked for. Absent and `null` mean the same: not given.

mod within;

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate};
use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::actions::ActionError;
use crate::domain::stated::Stated;
use crate::domain::text::{Line, ParseError, Prose};
use crate::domain::time::Instant;
use crate::web::WebError;

/// An object being read.
pub struct Reader<'v> {
    /// What stands before a field's name in messages: nothing, `paper.` or `demands.3.`.
    at: String,
    fields: &'v Map<String, Value>,
    asked: BTreeSet<String>,
    errors: Vec<ParseError>,
    /// Fields of a form or of an address: numbers come as texts.
    are_texts: bool,
}

/// Reads a whole object.
///
/// # Errors
/// [`ActionError::Invalid`] with everything that is wrong.
pub fn read<'v, T>(
    fields: &'v Map<String, Value>,
    are_texts: bool,
    read: impl FnOnce(&mut Reader<'v>) -> Option<T>,
) -> Result<T, WebError> {
    let mut reader = Reader::new(String::new(), fields, are_texts);
    let whole = read(&mut reader);
    let errors = reader.finish();
    match whole {
        Some(whole) if errors.is_empty() => Ok(whole),
        _ => Err(ActionError::Invalid(errors).into()),
    }
}

impl<'v> Reader<'v> {
    fn new(at: String, fields: &'v Map<String, Value>, are_texts: bool) -> Reader<'v> {
        Reader { at, fields, asked: BTreeSet::new(), errors: Vec::new(), are_texts }
    }

    /// A field that is given.
    pub fn value(&mut self, name: &str) -> Option<&'v Value> {
        self.asked.insert(name.to_owned());
        self.fields.get(name).filter(|value| !value.is_null())
    }

    /// A text; at most 1 MB, as the whole body is.
    pub fn text(&mut self, name: &str) -> Option<&'v str> {
        let value = self.value(name)?;
        let text = value.as_str();
        if text.is_none() {
            self.wrong(name, "Give a text.");
        }
        text
    }

    /// One line.
    pub fn line(&mut self, name: &str) -> Option<Line> {
        let text = self.text(name)?;
        let parsed = Line::parse(&self.full(name), text);
        self.take(parsed)
    }

    /// One line that must be given.
    pub fn required_line(&mut self, name: &str) -> Option<Line> {
        self.must(name)?;
        self.line(name)
    }

    /// Several lines.
    pub fn prose(&mut self, name: &str) -> Option<Prose> {
        let text = self.text(name)?;
        let parsed = Prose::parse(&self.full(name), text);
        self.take(parsed)
    }

    /// Several lines that must be given.
    pub fn required_prose(&mut self, name: &str) -> Option<Prose> {
        self.must(name)?;
        self.prose(name)
    }

    /// A password, kept out of sight. It must be given.
    pub fn password(&mut self, name: &str) -> Option<SecretString> {
        self.must(name)?;
        self.text(name).map(SecretString::from)
    }

    /// A word of a closed list that must be given.
    pub fn word<T: FromStr>(&mut self, name: &str) -> Option<T> {
        self.must(name)?;
        self.optional_word(name)
    }

    /// A word of a closed list.
    pub fn optional_word<T: FromStr>(&mut self, name: &str) -> Option<T> {
        self.parsed(name, "Choose a word of the list; /api/v1/words has it.")
    }

    /// An id that must be given.
    pub fn id<T: FromStr>(&mut self, name: &str) -> Option<T> {
        self.must(name)?;
        self.optional_id(name)
    }

    /// An id.
    pub fn optional_id<T: FromStr>(&mut self, name: &str) -> Option<T> {
        self.parsed(name, "Give an id as this API answers them, such as 01900000-0000-7000-8000-000000000000.")
    }

    fn parsed<T: FromStr>(&mut self, name: &str, reason: &str) -> Option<T> {
        let parsed = self.text(name)?.parse().ok();
        if parsed.is_none() {
            self.wrong(name, reason);
        }
        parsed
    }

    /// A day.
    pub fn date(&mut self, name: &str) -> Option<NaiveDate> {
        let text = self.text(name)?;
        let day = day(&self.full(name), text);
        self.take(day)
    }

    /// A day that must be given.
    pub fn required_date(&mut self, name: &str) -> Option<NaiveDate> {
        self.must(name)?;
        self.date(name)
    }

    /// A moment with its zone that must be given.
    pub fn required_moment(&mut self, name: &str) -> Option<Instant> {
        self.must(name)?;
        let at = DateTime::parse_from_rfc3339(self.text(name)?).ok();
        if at.is_none() {
            self.wrong(name, "Give day, time and zone such as 2026-11-23T10:26:00Z.");
        }
        at.map(|at| Instant::new(at.to_utc()))
    }

    /// Yes, no, or nobody has looked.
    pub fn yes_no(&mut self, name: &str) -> Option<bool> {
        let value = self.value(name)?;
        let is = value.as_bool();
        if is.is_none() {
            self.wrong(name, "Give true or false, or null where nobody has looked.");
        }
        is
    }

    /// A whole number.
    pub fn number<T: TryFrom<i64>>(&mut self, name: &str) -> Option<T> {
        let value = self.value(name)?;
        let whole = if self.are_texts { value.as_str().and_then(|text| text.parse().ok()) } else { value.as_i64() };
        let number = whole.and_then(|number: i64| T::try_from(number).ok());
        if number.is_none() {
            self.wrong(name, "Give a whole number.");
        }
        number
    }

    /// A line that the paper may state.
    pub fn stated_line(&mut self, name: &str) -> Stated<Line> {
        self.stated(name, Line::parse)
    }

    /// A day that the paper may state.
    pub fn stated_date(&mut self, name: &str) -> Stated<NaiveDate> {
        self.stated(name, day)
    }

    /// `{"is": …}`, `"none"` where somebody looked and there is none, `"unknown"` or nothing where nobody has.
    fn stated<T>(&mut self, name: &str, parse: impl FnOnce(&str, &str) -> Result<T, ParseError>) -> Stated<T> {
        let is = match self.value(name) {
            None => return Stated::Unknown,
            Some(Value::String(word)) if word == "unknown" => return Stated::Unknown,
            Some(Value::String(word)) if word == "none" => return Stated::None,
            Some(Value::Object(fields)) if fields.len() == 1 => fields.get("is").and_then(Value::as_str),
            Some(_) => None,
        };
        let Some(text) = is else {
            self.wrong(name, "Give {\"is\": …} for what the paper states, \"none\" or \"unknown\".");
            return Stated::Unknown;
        };
        let parsed = parse(&self.full(name), text);
        self.take(parsed).map_or(Stated::Unknown, Stated::Is)
    }

    /// Says that something is wrong with a field.
    pub fn wrong(&mut self, name: &str, reason: &str) {
        let field = self.full(name);
        self.errors.push(ParseError::new(field, reason));
    }

    /// Keeps the error of a parse, and gives what came out of it. The error names the field in full.
    pub fn take<T>(&mut self, parsed: Result<T, ParseError>) -> Option<T> {
        parsed.map_err(|error| self.errors.push(error)).ok()
    }

    /// The name of a field from the top of the body.
    pub fn full(&self, name: &str) -> String {
        format!("{}{name}", self.at)
    }

    fn must(&mut self, name: &str) -> Option<()> {
        if self.value(name).is_none() {
            self.wrong(name, "Fill this in.");
            return None;
        }
        Some(())
    }

    /// All that is wrong, with the fields that nobody asked for at the end.
    fn finish(mut self) -> Vec<ParseError> {
        let unknown: Vec<&String> = self.fields.keys().filter(|name| !self.asked.contains(*name)).collect();
        for name in unknown {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
            self.errors.push(ParseError::new(format!("{}{shown}", self.at), "There is no such field here; remove it."));
        }
        self.errors
    }
}

fn day(field: &str, text: &str) -> Result<NaiveDate, ParseError> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d");
    day.map_err(|_| ParseError::new(field, "Give a day such as 2026-11-23."))
}

#[cfg(test)]
mod tests;
