//! What the address of the log asks for. Only numbers, ids, dates, references and words of closed lists are taken from
//! it: no free text is ever searched for, so none stands in an address.

use std::str::FromStr;

use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;

use crate::actions::entries::{KINDS, SYSTEM_PARTS, kind_label};
use crate::actions::view_log::LogAsked;
use crate::domain::case::CaseReference;
use crate::domain::id::StaffId;
use crate::domain::text::ParseError;
use crate::domain::time::Instant;
use crate::store::log::{LogFilter, LogOutcome};
use crate::web::fields::{Errors, Fields};

/// Which entries to show. Empty means any.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The number of the entry after which a page goes on.
    past: String,
    /// `oldest`, or the newest first.
    order: String,
    case: String,
    kind: String,
    actor: String,
    from: String,
    to: String,
    refused: String,
    role: String,
    outcome: String,
}

/// Kinds under the noun they begin with, for a choice.
pub struct KindGroup {
    /// The noun.
    pub noun: String,
    /// Each kind with its words.
    pub kinds: Vec<(&'static str, &'static str)>,
}

impl Asked {
    /// Reads it, with all that is wrong at once.
    ///
    /// # Errors
    /// Each at its field.
    pub fn read(&self) -> Result<LogAsked, Errors> {
        let mut errors = Errors::default();
        let past = errors.take(optional(&self.past, number)).flatten();
        let filter = LogFilter {
            before: past.filter(|_| !self.is_oldest_first()),
            after: past.filter(|_| self.is_oldest_first()),
            is_oldest_first: self.is_oldest_first(),
            kind: errors.take(optional(&self.kind, kind)).flatten(),
            outcome: match self.refused.trim().is_empty() {
                true => errors.take(optional(&self.outcome, |text| word("outcome", text))).flatten(),
                false => Some(LogOutcome::Refused),
            },
            actors: None,
            actor: errors.take(optional(&self.actor, actor)).flatten(),
            from: errors.take(optional(&self.from, |text| moment("from", text, 0))).flatten(),
            // A day is meant with its last moment.
            until: errors.take(optional(&self.to, |text| moment("to", text, 1))).flatten(),
            case_key: None,
        };
        let case = errors.take(optional(&self.case, |text| CaseReference::parse(text).map_err(in_words))).flatten();
        let role = errors.take(optional(&self.role, |text| word("role", text))).flatten();
        if errors.is_empty() { Ok(LogAsked { filter, case, role }) } else { Err(errors) }
    }

    /// What was asked as a log entry keeps it: nothing in it but words of closed lists, ids and moments.
    pub fn spelled(&self) -> Vec<String> {
        let kept = ["kind", "actor", "outcome", "from", "to"];
        let given = self.given().into_iter().filter(|(name, value)| kept.contains(name) && !value.is_empty());
        given.map(|(name, value)| format!("{name}={value}")).collect()
    }

    /// What a form asks for, of what can be drawn from: no case, and no role, which people hold and lose.
    pub fn in_form(fields: &Fields) -> Asked {
        let text = |name: &str| fields.text(name).to_owned();
        let (kind, actor, outcome) = (text("kind"), text("actor"), text("outcome"));
        Asked { kind, actor, outcome, from: text("from"), to: text("to"), ..Asked::default() }
    }

    /// What was asked, for the form.
    pub fn fields(&self) -> Fields {
        Fields::filled(self.given())
    }

    /// Whether the oldest entry comes first.
    pub fn is_oldest_first(&self) -> bool {
        self.order == "oldest"
    }

    /// Whether only refused acts are shown.
    pub fn is_refused_only(&self) -> bool {
        !self.refused.is_empty() || self.outcome.trim() == LogOutcome::Refused.as_str()
    }

    /// Whether anything is left out.
    pub fn is_filtered(&self) -> bool {
        self.given().iter().any(|(name, value)| *name != "order" && !value.is_empty())
    }

    /// Whether anything but the case is asked for.
    pub fn narrows_a_case(&self) -> bool {
        self.given().iter().any(|(name, value)| !["order", "case"].contains(name) && !value.is_empty())
    }

    /// Whether the page goes on from another.
    pub fn goes_on(&self) -> bool {
        !self.past.trim().is_empty()
    }

    /// The address of another page with the same filter: at `path`, with these in the place of what was asked.
    pub fn address(&self, path: &str, with: &[(&str, &str)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let kept = self.given().into_iter().filter(|(name, _)| !with.iter().any(|(other, _)| other == name));
        for (name, value) in kept.chain(with.iter().copied()).filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    fn given(&self) -> [(&'static str, &str); 9] {
        [
            ("case", self.case.trim()),
            ("kind", self.kind.trim()),
            ("actor", self.actor.trim()),
            ("from", self.from.trim()),
            ("to", self.to.trim()),
            ("role", self.role.trim()),
            ("outcome", self.outcome.trim()),
            ("refused", self.refused.trim()),
            ("order", self.order.trim()),
        ]
    }
}

/// Every kind, under its noun.
pub fn kind_groups() -> Vec<KindGroup> {
    let mut groups: Vec<KindGroup> = Vec::new();
    for kind in KINDS {
        let noun = kind.split('.').next().unwrap_or_default();
        let line = (*kind, kind_label(kind));
        match groups.iter_mut().find(|group| group.noun == noun) {
            Some(group) => group.kinds.push(line),
            None => groups.push(KindGroup { noun: noun.to_owned(), kinds: vec![line] }),
        }
    }
    groups
}

/// Reads what is given; nothing where it is empty.
fn optional<T>(text: &str, read: impl FnOnce(&str) -> Result<T, ParseError>) -> Result<Option<T>, ParseError> {
    let text = text.trim();
    if text.is_empty() { Ok(None) } else { read(text).map(Some) }
}

fn number(text: &str) -> Result<i64, ParseError> {
    text.parse().map_err(|_| ParseError::new("past", "Give the number of an entry."))
}

fn in_words(_: ParseError) -> ParseError {
    ParseError::new("case", "Give a case's reference such as 2026-000123.")
}

fn kind(text: &str) -> Result<String, ParseError> {
    let is_known = KINDS.contains(&text);
    if is_known { Ok(text.to_owned()) } else { Err(ParseError::new("kind", "Choose one of the list.")) }
}

fn word<T: FromStr>(field: &str, text: &str) -> Result<T, ParseError> {
    text.parse().map_err(|_| ParseError::new(field, "Choose one of the list."))
}

fn actor(text: &str) -> Result<String, ParseError> {
    let is_known = match text.split_once(':') {
        Some(("staff", id)) => id.parse::<StaffId>().is_ok(),
        Some(("system", part)) => SYSTEM_PARTS.contains(&part),
        _ => false,
    };
    if is_known { Ok(text.to_owned()) } else { Err(ParseError::new("actor", "Choose one of the list.")) }
}

/// A moment, or the beginning of a day in UTC; `days_later` for a day that is meant whole.
fn moment(field: &str, text: &str, days_later: i64) -> Result<Instant, ParseError> {
    let wrong =
        || ParseError::new(field, "Give a day such as 2026-11-23, or a moment such as 2026-11-23T10:26, in UTC.");
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        let begins = day.and_hms_opt(0, 0, 0).ok_or_else(wrong)?.and_utc();
        return Ok(Instant::new(begins).plus(TimeDelta::days(days_later)));
    }
    let mut errors = Errors::default();
    Fields::filled([(field, text)]).moment(field, &mut errors).ok_or_else(wrong)
}
