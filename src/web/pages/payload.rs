//! A payload of the log in words: its JSON as a list of names and values, people by their names.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde_json::Value;

use crate::actions::entries::refusal_words;
use crate::domain::decision::DecisionKind;
use crate::domain::id::StaffId;
use crate::domain::time::Instant;

/// One line: a name with its value, or the heading of the deeper lines after it.
#[derive(Clone)]
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

/// The lines of a payload, an item of a list on one line where it holds nothing deeper.
pub fn facts(payload: &str, names: &Names) -> Vec<Fact> {
    let all = lines(payload, names);
    let (mut folded, mut at) = (Vec::new(), 0_usize);
    while let Some(fact) = all.get(at) {
        at = at.saturating_add(1);
        let within: Vec<&Fact> = all.iter().skip(at).take_while(|next| next.depth > fact.depth).collect();
        let is_item = fact.name.ends_with(|last: char| last.is_ascii_digit()) && fact.value.is_empty();
        if is_item && within.iter().all(|part| !part.value.is_empty()) {
            at = at.saturating_add(within.len());
            let said: Vec<String> = within.iter().map(|part| format!("{} {}", part.name, part.value)).collect();
            folded.push(Fact { value: said.join(" · "), ..fact.clone() });
        } else {
            folded.push(fact.clone());
        }
    }
    folded
}

/// The lines of a payload. What says nothing is left out; what is no object stands as it is.
fn lines(payload: &str, names: &Names) -> Vec<Fact> {
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

/// What a list says of an entry, which has room for three facts.
pub struct Short<'a> {
    /// What happened.
    pub kind: &'a str,
    /// The process payload.
    pub process: &'a str,
    /// The number of the demand it is about.
    pub demand: Option<u32>,
}

impl Short<'_> {
    /// `verb: approve · refusal: approver edited`, or `demand 3 · outcome: collected · 4 bytes`. What is there more than
    /// once is counted: `verdict: permitted 2, prohibited 1`.
    pub fn says(&self, names: &Names) -> String {
        if self.kind == "decision.returned" {
            return "with a reason, sealed".into();
        }
        let facts = lines(self.process, names);
        let number = self.demand.map(|number| format!("demand {number}"));
        let told = TELLING.iter().filter_map(|wanted| self.told(wanted, &facts));
        number.into_iter().chain(told).take(3).collect::<Vec<_>>().join(" · ")
    }

    fn told(&self, wanted: &str, facts: &[Fact]) -> Option<String> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let found = facts.iter().filter(|fact| fact.name == spoken(wanted) && !fact.value.is_empty());
        // That a case was seen with all it holds is what a view is, and not worth a word.
        let found = found.filter(|fact| (fact.name.as_str(), fact.value.as_str()) != ("was sealed", "no"));
        found.for_each(|fact| *counts.entry(&fact.value).or_default() += 1);
        let is_one = counts.len() == 1 && counts.values().all(|count| *count == 1);
        let values: Vec<String> = counts
            .iter()
            .map(|(value, count)| (worded(wanted, value), count))
            .map(|(value, count)| if is_one { value } else { format!("{value} {count}") })
            .collect();
        match (self.kind, wanted, values.as_slice()) {
            (_, _, []) => None,
            // A result's files are of no other kind.
            ("collection.recorded", "kind", _) => None,
            ("case.viewed", "was_sealed", _) => Some("personal data sealed".into()),
            ("decision.drafted", "kind", _) => Some(values.join(", ")),
            (kind, "size", _) if kind.starts_with("document.") || kind.starts_with("collection.") => {
                Some(bytes(&counts))
            }
            _ => Some(format!("{}: {}", spoken(wanted), values.join(", "))),
        }
    }
}

/// The sizes of files together.
fn bytes(sizes: &BTreeMap<&str, usize>) -> String {
    let files: usize = sizes.values().sum();
    let one = |(size, count): (&&str, &usize)| size.parse::<u64>().ok()?.checked_mul(u64::try_from(*count).ok()?);
    let all = sizes.iter().filter_map(one).fold(0, u64::saturating_add);
    let all = if all < 1_000 { format!("{all} bytes") } else { super::size(all) };
    if files == 1 { all } else { format!("{files} files, {all}") }
}

fn worded(name: &str, value: &str) -> String {
    match (name, value.parse::<DecisionKind>()) {
        ("refusal", _) => refusal_words(value),
        ("kind", Ok(decided)) => decided.label().to_owned(),
        _ => value.replace('_', " "),
    }
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
        let expected = ["0at=2026-11-02 09:00 UTC", "0demands 1=position 1", "0drafted by=Anna Adler", "0named=none"];
        assert_eq!(lines.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_line_of_a_list_tells_what_matters() {
        let says = |kind, process, demand| Short { kind, process, demand }.says(&Names::new());
        let refused = r#"{"refusal":"approver_edited","stage":"approval","verb":"approve","scope_hash":"ab"}"#;
        let said = "verb: approve · refusal: approver edited · stage: approval";
        assert_eq!(says("action.refused", refused, None), said);
        let wrong = r#"{"refusal":"not_stepped_up","verb":"release"}"#;
        assert_eq!(says("action.refused", wrong, None), "verb: release · refusal: wrong password");
        let drafted = r#"{"draft":{"decisions":[{"kind":"content"},{"kind":"reject"},{"kind":"content"},{"kind":"non_content"}]}}"#;
        assert_eq!(says("decision.drafted", drafted, None), "content 2, non-content 1, reject 1");
        let collected = r#"{"files":[{"kind":"collected","size":4}],"result":{"outcome":"collected"}}"#;
        assert_eq!(says("collection.recorded", collected, Some(3)), "demand 3 · outcome: collected · 4 bytes");
        let two = r#"{"files":[{"kind":"collected","size":4},{"kind":"collected","size":4}]}"#;
        assert_eq!(says("collection.recorded", two, None), "2 files, 8 bytes");
        assert_eq!(says("log.verified", r#"{"size":489,"is_sound":true}"#, None), "size: 489 · is sound: yes");
        assert_eq!(says("case.viewed", r#"{"was_sealed":false}"#, None), "");
        assert_eq!(says("case.viewed", r#"{"was_sealed":true}"#, None), "personal data sealed");
        assert_eq!(says("decision.returned", "{}", None), "with a reason, sealed");
        assert_eq!(says("log.viewed", "{}", None), "");
    }
}
