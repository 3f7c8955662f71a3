use serde_json::Value;

use super::condition::Condition;
use super::duty::Duty;
use super::ground::Slot;
use super::rule::{Effect, Rule};
use super::schema::{FactKind, Schema};
use crate::domain::data_class::DataClass;
use crate::domain::instrument::Instrument;

/// A rule as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleWords {
    /// The data classes it speaks of; empty where it speaks of all.
    pub classes: Vec<String>,
    /// What it applies to: one of these sets must hold. Empty where nothing is asked.
    pub applies_to: Vec<Vec<Told>>,
    /// What must be so besides.
    pub when: Vec<Vec<Told>>,
    /// What keeps it from binding.
    pub unless: Vec<Vec<Told>>,
    /// The duties it brings, each with its value in words.
    pub duties: Vec<(String, String)>,
    /// The clock it orders: what it is for, and how it is counted.
    pub clock: Option<(String, String)>,
}

/// One thing that is asked of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The path of the fact, or the name of a shared condition with its `@`.
    pub path: String,
    /// What the fact means.
    pub fact: String,
    /// What it must be.
    pub is: String,
}

impl Rule {
    /// The rule in words.
    pub fn in_words(&self, schema: &Schema) -> RuleWords {
        let [scope, applies_to, when, unless] = self.conditions();
        let duties = self.duties.iter().map(|(key, duty)| (spaced(key), duty.in_words(schema)));
        RuleWords {
            classes: schema.slot("data_class").map(|slot| scope.words_of(slot)).unwrap_or_default(),
            applies_to: said(applies_to, schema),
            when: said(when, schema),
            unless: said(unless, schema),
            duties: duties.collect(),
            clock: self.clock.as_ref().map(|clock| (clock.terms.title.clone(), clock.in_words(schema))),
        }
    }
}

impl Effect {
    /// What a rule with this effect does.
    pub fn does(self) -> &'static str {
        match self {
            Effect::Permit => "permits",
            Effect::Refuse => "bars",
            Effect::Review => "sends to a person",
            Effect::Note => "adds a note",
        }
    }
}

impl FactKind {
    /// The type as people read it.
    pub fn label(self) -> &'static str {
        match self {
            FactKind::Bool => "yes or no",
            FactKind::Count => "a whole number",
            FactKind::Word => "one word of a list",
            FactKind::Words => "several words of a list",
            FactKind::Country => "a country",
            FactKind::State => "a US state",
            FactKind::Day => "a day",
            FactKind::Instant => "a moment",
            FactKind::Reference => "a reference: only whether there is one counts",
            FactKind::Names => "several names",
            FactKind::Name => "a name",
            FactKind::Prose => "prose for people; no rule reads it",
            FactKind::Object => "holds other facts",
        }
    }
}

/// A condition in words; nothing where it asks nothing.
pub fn said(condition: &Condition, schema: &Schema) -> Vec<Vec<Told>> {
    let clauses = condition.in_words(schema);
    if clauses.iter().any(Vec::is_empty) { Vec::new() } else { clauses }
}

/// A word of a closed list as screens say it: `order_2703d` → `court order under § 2703(d)`.
pub fn label(word: &str) -> String {
    let known = word.parse::<Instrument>().map(Instrument::label).or_else(|_| word.parse().map(DataClass::label));
    known.map_or_else(|_| spaced(word), str::to_owned)
}

/// `grand_jury_subpoena` → `grand jury subpoena`.
pub fn spaced(word: &str) -> String {
    word.replace('_', " ")
}

/// A text as a sentence begins.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Values of a list: `a, b or c`.
pub(super) fn one_of(values: &[Value]) -> String {
    let all: Vec<String> = values.iter().map(value).collect();
    match all.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        _ => all.concat(),
    }
}

/// A value somebody gave: a list by its words, null as *there is none*.
pub fn known(given: &Value) -> String {
    match given {
        Value::Null => "there is none".into(),
        Value::Array(list) => list.iter().map(value).collect::<Vec<_>>().join(", "),
        one => value(one),
    }
}

/// One value.
pub(super) fn value(one: &Value) -> String {
    match one {
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::String(text) => label(text),
        other => other.to_string(),
    }
}

/// A day moved by so many units: `90 days after the day of receipt`; unmoved for nought.
pub(super) fn moved(from: &str, by: i64, unit: &str) -> String {
    let many = if by.abs() == 1 { "" } else { "s" };
    match by {
        0 => from.to_owned(),
        ..0 => format!("{} {unit}{many} before {from}", by.unsigned_abs()),
        1.. => format!("{by} {unit}{many} after {from}"),
    }
}

impl Duty {
    /// The duty's value in words.
    pub fn in_words(&self, schema: &Schema) -> String {
        let meaning = |slot: Slot| schema.means(schema.path(slot));
        match self {
            Duty::Fixed(fixed) => value(fixed),
            Duty::Filled { before, fact, after } => format!("{}{}{after}", spaced(before), meaning(*fact)),
            Duty::Fact(fact) => meaning(*fact).to_owned(),
            Duty::Day(counted) => counted.in_words(schema),
            Duty::Moment { from, hours } => moved(meaning(*from), i64::from(*hours), "hour"),
            Duty::Earliest(all) => {
                let days: Vec<_> = all.iter().map(|counted| counted.in_words(schema)).collect();
                format!("the earliest of: {}", days.join("; "))
            }
            Duty::Latest(all) => {
                let days: Vec<_> = all.iter().map(|counted| counted.in_words(schema)).collect();
                format!("the latest of: {}", days.join("; "))
            }
            Duty::Band { of, width } => format!("{}, in bands of {width}", meaning(*of)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_words_read_as_people_say_them() {
        assert_eq!(moved("the day of receipt", 90, "day"), "90 days after the day of receipt");
        assert_eq!(moved("the end", -1, "day"), "1 day before the end");
        assert_eq!(moved("the end", 0, "day"), "the end");
        let list = ["bsi", "search_warrant", "state"].map(Value::from);
        assert_eq!(one_of(&list), "basic subscriber information, search warrant or state");
    }
}
