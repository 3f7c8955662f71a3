//! Published figures against those that follow from the log.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Transparency;

/// A figure that was published otherwise than it follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which: half-year, table, row and column.
    pub figure: String,
    /// As it was published; `none` where it is missing.
    pub published: String,
    /// As it follows; `none` where there is no such figure.
    pub derived: String,
}

impl Transparency {
    /// Where a report that was published as JSON says anything else than this one, of the half-years it speaks of. A report
    /// without half-years speaks of all.
    pub fn differences(&self, published: &Value) -> Vec<Difference> {
        let empty = Vec::new();
        let theirs = published.get("periods").and_then(Value::as_array).unwrap_or(&empty);
        let ours = self.to_json();
        let ours = ours.get("periods").and_then(Value::as_array).unwrap_or(&empty);
        let mut all = Vec::new();
        let periods: BTreeSet<&str> = if theirs.is_empty() { names(ours) } else { names(theirs) };
        for period in periods {
            let of = |all: &'_ [Value]| all.iter().find(|half| name(half) == Some(period)).cloned().unwrap_or_default();
            compare(period, &of(theirs), &of(ours), &mut all);
        }
        all
    }
}

fn name(half: &Value) -> Option<&str> {
    half.get("period").and_then(Value::as_str)
}

fn names(halves: &[Value]) -> BTreeSet<&str> {
    halves.iter().filter_map(name).collect()
}

fn compare(at: &str, published: &Value, derived: &Value, all: &mut Vec<Difference>) {
    match (published, derived) {
        (Value::Object(theirs), Value::Object(ours)) => {
            let keys: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
            for key in keys {
                let of = |side: &serde_json::Map<String, Value>| side.get(key).cloned().unwrap_or_default();
                compare(&format!("{at}, {key}"), &of(theirs), &of(ours), all);
            }
        }
        (Value::Array(theirs), Value::Array(ours)) => {
            let rows: BTreeSet<String> = theirs.iter().chain(ours).map(row).collect();
            for name in rows {
                let of = |side: &[Value]| side.iter().find(|one| row(one) == name).cloned().unwrap_or_default();
                compare(&format!("{at}, {name}"), &of(theirs), &of(ours), all);
            }
        }
        (theirs, ours) if theirs != ours => {
            all.push(Difference { figure: at.to_owned(), published: said(theirs), derived: said(ours) });
        }
        _ => {}
    }
}

/// What a row is about: its words, without its figures.
fn row(of: &Value) -> String {
    let words = of.as_object().map(|all| all.values().filter_map(Value::as_str).collect::<Vec<_>>());
    words.unwrap_or_default().join(" ")
}

fn said(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Object(_) | Value::Array(_) => "a row".to_owned(),
        other => other.to_string(),
    }
}
