//! A payload of the log in words: its JSON as a list of names and values, people by their names.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde_json::Value;

use crate::actions::entries::refusal_words;
use crate::domain::id::StaffId;
use crate::domain::time::Instant;

/// One line: a name with its value, or the heading of the deeper lines after it.
pub struct Fact {
    /// What it is, as the payload calls it.
    pub name: String,
    /// Its value; empty for a heading.
    pub value: String,
    /// How deep it stands, from 0 to 3.
    pub depth: usize,
}

/// Names by id.
pub type Names = BTreeMap<StaffId, String>;

/// The lines of a payload. What says nothing is left out; what is no object stands as it is.
pub fn facts(payload: &str, names: &Names) -> Vec<Fact> {
    let mut lines = Vec::new();
    match serde_json::from_str::<Value>(payload) {
        Ok(Value::Object(all)) => {
            all.iter().for_each(|(name, value)| push(&mut lines, spoken(name), value, 0, names));
        }
        _ if payload.is_empty() => {}
        _ => lines.push(Fact { name: "payload".into(), value: payload.to_owned(), depth: 0 }),
    }
    lines
}

/// What matters most of a process payload, for one line of a list.
const TELLING: &[&str] = &[
    "verb",
    "refusal",
    "stage",
    "verdict",
    "instrument",
    "country",
    "customer",
    "method",
    "result",
    "outcome",
    "kind",
    "source",
    "starts_on",
    "seq",
    "size",
    "is_sound",
    "was_sealed",
    "report",
    "roles",
    "revision",
    "scope_revision",
    "approvals_needed",
];

/// At most three facts of a payload as one line: `verb: approve · refusal: approver edited`. What is there more than
/// once is counted: `verdict: permitted 2, prohibited 1`.
pub fn in_short(payload: &str, names: &Names) -> String {
    let facts = facts(payload, names);
    let told = |wanted: &&str| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let found = facts.iter().filter(|fact| fact.name == spoken(wanted) && !fact.value.is_empty());
        found.for_each(|fact| *counts.entry(&fact.value).or_default() += 1);
        let values: Vec<String> = counts.iter().map(|(value, count)| counted(wanted, value, *count)).collect();
        (!values.is_empty()).then(|| format!("{}: {}", spoken(wanted), values.join(", ")))
    };
    TELLING.iter().filter_map(told).take(3).collect::<Vec<_>>().join(" · ")
}

fn counted(name: &str, value: &str, count: usize) -> String {
    let value = if name == "refusal" { refusal_words(value) } else { value.replace('_', " ") };
    if count == 1 { value } else { format!("{value} {count}") }
}

fn push(lines: &mut Vec<Fact>, name: String, value: &Value, depth: usize, names: &Names) {
    let deeper = depth.saturating_add(1).min(3);
    match value {
        Value::Null => {}
        Value::Object(all) => {
            let begins = lines.len();
            lines.push(Fact { name, value: String::new(), depth });
            all.iter().for_each(|(name, value)| push(lines, spoken(name), value, deeper, names));
            if lines.len() == begins.saturating_add(1) {
                lines.pop();
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (at, item) in items.iter().enumerate() {
                push(lines, format!("{name} {}", at.saturating_add(1)), item, depth, names);
            }
        }
        Value::Array(items) => {
            let value = items.iter().map(|item| plain(item, names)).collect::<Vec<_>>().join(", ");
            lines.push(Fact { name, value: if value.is_empty() { "none".into() } else { value }, depth });
        }
        plain_value => lines.push(Fact { name, value: plain(plain_value, names), depth }),
    }
}

fn plain(value: &Value, names: &Names) -> String {
    match value {
        Value::String(text) => named(text, names).or_else(|| moment(text)).unwrap_or_else(|| text.clone()),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.into(),
        Value::Null => "none".into(),
        other => other.to_string(),
    }
}

fn named(text: &str, names: &Names) -> Option<String> {
    names.get(&text.parse::<StaffId>().ok()?).cloned()
}

fn moment(text: &str) -> Option<String> {
    let at = DateTime::parse_from_rfc3339(text).ok()?;
    Some(Instant::new(at.to_utc()).for_people())
}

fn spoken(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_payload_reads_as_a_list_with_people_by_name() {
        let anna = "01890000-0000-7000-8000-000000000001";
        let names = [(anna.parse().unwrap(), "Anna Adler".to_owned())].into();
        let payload = format!(
            r#"{{"demands":[{{"position":1,"note":null}},null],"drafted_by":"{anna}","named":[],"at":"2026-11-02T09:00:00.000000Z"}}"#
        );
        let lines = facts(&payload, &names).into_iter().map(|f| format!("{}{}={}", f.depth, f.name, f.value));
        let expected =
            ["0at=2026-11-02 09:00 UTC", "0demands 1=", "1position=1", "0drafted by=Anna Adler", "0named=none"];
        assert_eq!(lines.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_line_of_a_list_tells_what_matters() {
        let refused = r#"{"refusal":"approver_edited","stage":"approval","verb":"approve","scope_hash":"ab"}"#;
        assert_eq!(in_short(refused, &Names::new()), "verb: approve · refusal: approver edited · stage: approval");
        let drafted = r#"{"draft":{"decisions":[{"kind":"content"},{"kind":"reject"},{"kind":"content"}]}}"#;
        assert_eq!(in_short(drafted, &Names::new()), "kind: content 2, reject");
        assert_eq!(in_short("{}", &Names::new()), "");
    }
}
