//! An event as it is stored and hashed: two texts, one that is kept for ever and one that can be erased.

use serde_json::{Map, Value};

use super::Event;
use crate::domain::tally::Tally;

/// An event as two texts, and its kind. The texts are what is stored and hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payloads {
    /// `noun.past_verb`.
    pub kind: String,
    /// JSON without personal data.
    pub process: String,
    /// JSON with the rest; empty where there is none.
    pub personal: String,
}

/// A stored payload that is no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the payload is no event of this version: {0}")]
pub struct PayloadError(String);

/// The keys that may stand in a process payload when their value is a word, number, date, id or a list of such.
/// A closed list: what is not on it is personal. None may ever hold a name, an identifier, free text or a
/// document's hash. Objects are always looked into.
const PROCESS_KEYS: &[&str] = &[
    "agency",
    "alarm",
    "answer",
    "approvals_needed",
    "approved_by",
    "assignee",
    "at",
    "basis_verdict",
    "blocks",
    "by",
    "case",
    "cases",
    "category",
    "change",
    "channel",
    "citations",
    "clock",
    "code",
    "compartment",
    "cosignature",
    "count",
    "country",
    "customer",
    "data_class",
    "demand",
    "disclosed_by",
    "disposition",
    "document",
    "due_at",
    "due_on",
    "end",
    "entries",
    "erasure",
    "expected_on",
    "expires_at",
    "files",
    "filters",
    "finding",
    "first",
    "ground",
    "handover",
    "has_keys",
    "has_personal",
    "hits",
    "hold",
    "id",
    "identifier_count",
    "in_signed_paper",
    "instrument",
    "is_cleared",
    "is_day_known",
    "is_demo",
    "is_ours",
    "is_particular",
    "is_sealed",
    "is_signed",
    "is_sound",
    "issued_on",
    "issuing_authority",
    "item",
    "kept_back",
    "key_before",
    "key_now",
    "kind",
    "lacks_attachments",
    "level",
    "link",
    "list",
    "matter",
    "media_type",
    "method",
    "min_process",
    "missing",
    "missing_facts",
    "named",
    "names_served_entity",
    "officer",
    "other",
    "outcome",
    "papers_without_case",
    "place",
    "population",
    "position",
    "proposal",
    "proposed_by",
    "reason",
    "received_at",
    "received_by",
    "received_on",
    "reference",
    "refusal",
    "report",
    "request",
    "result",
    "revision",
    "role",
    "roles",
    "rule",
    "rulebook",
    "sample",
    "schedule",
    "scope_hash",
    "scope_revision",
    "seed",
    "seq",
    "service",
    "services",
    "severity",
    "size",
    "software",
    "source",
    "staff",
    "stage",
    "starts_on",
    "statute_covers",
    "team",
    "teams",
    "token",
    "verb",
    "verdict",
    "was_sealed",
    "watched_until",
];

/// The keys whose whole value is process, objects included: dates a paper states, edits, and what packs say.
const PROCESS_WHOLE: &[&str] = &[
    "authorised_from",
    "authorised_to",
    "clocks",
    "counted",
    "duties",
    "edit",
    "ends_on",
    "erased",
    "execute_by",
    "limits",
    "packs",
    "period",
    "return_by",
    "rules",
    "schedules",
];

impl Event {
    /// The kind, `noun.past_verb`.
    pub fn kind(&self) -> String {
        match serde_json::to_value(self) {
            Ok(Value::Object(mut all)) => {
                all.remove("kind").and_then(|k| k.as_str().map(str::to_owned)).unwrap_or_default()
            }
            _ => String::new(),
        }
    }

    /// Splits the event into its two payloads, with keys in alphabetical order.
    ///
    /// # Errors
    /// When the event can't be written as JSON, which no event should.
    pub fn split(&self) -> Result<Payloads, PayloadError> {
        self.split_with(None)
    }

    /// The same, with what reports count of the case after it in its process payload.
    ///
    /// # Errors
    /// As [`Event::split`].
    pub fn split_with(&self, tally: Option<&Tally>) -> Result<Payloads, PayloadError> {
        let all = serde_json::to_value(self).map_err(|e| PayloadError(e.to_string()))?;
        let kind = all.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
        let is = all.get("is").cloned().unwrap_or(Value::Object(Map::new()));
        let (process, personal) = part(is);
        let mut process = process.unwrap_or(Value::Object(Map::new()));
        if let (Some(tally), Some(all)) = (tally, process.as_object_mut()) {
            all.insert("tally".into(), serde_json::to_value(tally).map_err(|e| PayloadError(e.to_string()))?);
        }
        Ok(Payloads {
            kind,
            process: process.to_string(),
            personal: personal.map(|p| p.to_string()).unwrap_or_default(),
        })
    }

    /// Puts two payloads together again.
    ///
    /// # Errors
    /// When they do not make an event of this kind.
    pub fn join(payloads: &Payloads) -> Result<Event, PayloadError> {
        let bad = |e: serde_json::Error| PayloadError(e.to_string());
        let process: Value = serde_json::from_str(&payloads.process).map_err(bad)?;
        let personal: Value = if payloads.personal.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&payloads.personal).map_err(bad)?
        };
        let whole = merged(process, personal);
        serde_json::from_value(serde_json::json!({ "kind": payloads.kind, "is": whole })).map_err(bad)
    }
}

/// Parts a value into what is process and what is personal. Lists of objects keep their length on both sides.
fn part(value: Value) -> (Option<Value>, Option<Value>) {
    match value {
        Value::Object(all) => {
            let (mut process, mut personal) = (Map::new(), Map::new());
            for (key, value) in all {
                if is_process(&key, &value) {
                    process.insert(key, value);
                    continue;
                }
                let (a, b) = part(value);
                a.and_then(|a| process.insert(key.clone(), a));
                b.and_then(|b| personal.insert(key, b));
            }
            (Some(Value::Object(process)), (!personal.is_empty()).then_some(Value::Object(personal)))
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let parts: Vec<_> = items.into_iter().map(part).collect();
            let has_personal = parts.iter().any(|(_, b)| b.is_some());
            let process = parts.iter().map(|(a, _)| a.clone().unwrap_or(Value::Null)).collect();
            let personal = parts.into_iter().map(|(_, b)| b.unwrap_or(Value::Null)).collect();
            (Some(Value::Array(process)), has_personal.then_some(Value::Array(personal)))
        }
        other => (None, Some(other)),
    }
}

fn is_process(key: &str, value: &Value) -> bool {
    let is_plain = match value {
        Value::Object(_) => false,
        Value::Array(items) => !items.iter().any(|i| i.is_object() || i.is_array()),
        _ => true,
    };
    PROCESS_WHOLE.contains(&key) || (is_plain && PROCESS_KEYS.contains(&key))
}

fn merged(process: Value, personal: Value) -> Value {
    match (process, personal) {
        (Value::Object(mut a), Value::Object(b)) => {
            for (key, value) in b {
                let under = a.remove(&key).unwrap_or(Value::Null);
                a.insert(key, merged(under, value));
            }
            Value::Object(a)
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            Value::Array(a.into_iter().zip(b).map(|(a, b)| merged(a, b)).collect())
        }
        (Value::Null, b) => b,
        (a, _) => a,
    }
}
