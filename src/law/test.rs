use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

use super::condition::{Ground, Reading};
use super::dates;
use super::schema::{Fact, FactKind, Schema};
use super::words;

/// One test on one fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// The value is one of these (`= "a"`, `= ["a", "b"]`).
    OneOf(Vec<Value>),
    /// The value is none of these (`{ not = … }`).
    NoneOf(Vec<Value>),
    /// Somebody looked and there is none (`{ null = true }`), or there is one.
    Null(bool),
    /// Somebody has looked at all (`{ given = true }`), or nobody has.
    Given(bool),
    /// The count is over this (`{ over = 60 }`).
    Over(u64),
    /// The count is under this.
    Under(u64),
    /// The day lies before another fact's day.
    Before(Mark),
    /// The day lies after another fact's day.
    After(Mark),
    /// The day lies more than so many days before the day asked.
    OlderThanDays(i64),
    /// Every member of the list is one of these.
    Only(Vec<String>),
    /// The two facts are the same (or are not).
    SameAs(String, bool),
}

/// A day counted from another fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    path: String,
    days: i64,
    months: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TestText {
    not: Option<toml::Value>,
    null: Option<bool>,
    given: Option<bool>,
    over: Option<u64>,
    under: Option<u64>,
    before: Option<String>,
    after: Option<String>,
    days: Option<i64>,
    months: Option<u32>,
    older_than_days: Option<i64>,
    only: Option<toml::Value>,
    same_as: Option<String>,
    differs_from: Option<String>,
}

impl Test {
    /// Reads the tests written behind a fact's path.
    pub fn read(path: &str, raw: &toml::Value, schema: &Schema) -> Result<Vec<Test>, String> {
        let fact = readable(path, schema)?;
        let toml::Value::Table(table) = raw else {
            return Ok(vec![Test::OneOf(values(path, raw, fact, schema)?)]);
        };
        let text: TestText =
            table.clone().try_into().map_err(|e: toml::de::Error| format!("“{path}”: {}", e.message()))?;
        let tests = text.tests(path, fact, schema)?;
        if tests.is_empty() {
            return Err(format!("“{path}” is asked nothing: write for example {{ not = … }} or {{ null = true }}"));
        }
        for other in tests.iter().filter_map(Test::other_path) {
            readable(other, schema)?;
        }
        Ok(tests)
    }

    /// The answer on these facts.
    pub fn answer(&self, path: &str, ground: &Ground<'_>) -> Reading {
        if let Test::Given(wanted) = self {
            return Reading::of(ground.facts.is_given(path) == *wanted);
        }
        let value = match ground.facts.get(path) {
            Some(value) => value,
            None if ground.facts.is_given(path) => return Reading::of(*self == Test::Null(false)),
            None => return ground.absent(path),
        };
        if ground.schema.check(path, value).is_err() {
            return Reading::Unknown;
        }
        match self {
            Test::OneOf(list) => Reading::of(list.contains(value)),
            Test::NoneOf(list) => Reading::of(!list.contains(value)),
            Test::Null(wanted) => Reading::of(value.is_null() == *wanted),
            Test::Given(wanted) => Reading::of(*wanted),
            Test::Over(limit) => Reading::of(value.as_u64().is_some_and(|count| count > *limit)),
            Test::Under(limit) => Reading::of(value.as_u64().is_some_and(|count| count < *limit)),
            Test::Before(mark) => mark.compare(ground, path, |day, other| day < other),
            Test::After(mark) => mark.compare(ground, path, |day, other| day > other),
            Test::OlderThanDays(days) => {
                let mark = Mark { path: "as_of".to_owned(), days: -days, months: 0 };
                mark.compare(ground, path, |day, other| day < other)
            }
            Test::Only(list) => Reading::of(is_within(value, list)),
            Test::SameAs(other, wanted) => match ground.facts.get(other) {
                None => ground.absent(other),
                Some(there) => Reading::of((value == there) == *wanted),
            },
        }
    }

    /// What the fact must be, in words.
    pub fn in_words(&self, schema: &Schema) -> String {
        match self {
            Test::OneOf(list) => words::one_of(list),
            Test::NoneOf(list) => format!("not {}", words::one_of(list)),
            Test::Null(true) => "there is none".into(),
            Test::Null(false) => "there is one".into(),
            Test::Given(true) => "somebody has looked".into(),
            Test::Given(false) => "nobody has looked".into(),
            Test::Over(limit) => format!("over {limit}"),
            Test::Under(limit) => format!("under {limit}"),
            Test::Before(mark) => format!("before {}", mark.in_words(schema)),
            Test::After(mark) => format!("after {}", mark.in_words(schema)),
            Test::OlderThanDays(days) => format!("more than {days} days before the day asked"),
            Test::Only(list) => {
                let list: Vec<Value> = list.iter().map(|word| Value::from(word.as_str())).collect();
                format!("only {}", words::one_of(&list))
            }
            Test::SameAs(other, true) => format!("the same as {}", schema.means(other)),
            Test::SameAs(other, false) => format!("not the same as {}", schema.means(other)),
        }
    }

    /// The second fact a test reads, if it reads one.
    pub fn other_path(&self) -> Option<&str> {
        match self {
            Test::Before(mark) | Test::After(mark) => Some(&mark.path),
            Test::SameAs(other, _) => Some(other),
            Test::OlderThanDays(_) => Some("as_of"),
            _ => None,
        }
    }
}

impl TestText {
    fn tests(self, path: &str, fact: &Fact, schema: &Schema) -> Result<Vec<Test>, String> {
        let (days, months) = (self.days.unwrap_or(0), self.months.unwrap_or(0));
        let mark = |path: String| Mark { path, days, months };
        let is_day = matches!(fact.kind(), FactKind::Day | FactKind::Instant);
        if !is_day && (self.before.is_some() || self.after.is_some() || self.older_than_days.is_some()) {
            return Err(format!("“{path}” is not a day, so it cannot lie before or after one"));
        }
        if fact.kind() != FactKind::Count && (self.over.is_some() || self.under.is_some()) {
            return Err(format!("“{path}” is not a count, so it cannot be over or under one"));
        }
        let not = self.not.map(|raw| values(path, &raw, fact, schema)).transpose()?;
        let only = self.only.map(|raw| values(path, &raw, fact, schema)).transpose()?;
        let only = only.map(|list| list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect());
        let tests = [
            not.map(Test::NoneOf),
            self.null.map(Test::Null),
            self.given.map(Test::Given),
            self.over.map(Test::Over),
            self.under.map(Test::Under),
            self.before.map(mark).map(Test::Before),
            self.after.map(mark).map(Test::After),
            self.older_than_days.map(Test::OlderThanDays),
            only.map(Test::Only),
            self.same_as.map(|other| Test::SameAs(other, true)),
            self.differs_from.map(|other| Test::SameAs(other, false)),
        ];
        Ok(tests.into_iter().flatten().collect())
    }
}

impl Mark {
    fn in_words(&self, schema: &Schema) -> String {
        let months = words::moved(schema.means(&self.path), i64::from(self.months), "month");
        words::moved(&months, self.days, "day")
    }

    fn compare(&self, ground: &Ground<'_>, path: &str, holds: impl Fn(NaiveDate, NaiveDate) -> bool) -> Reading {
        let Some(day) = ground.day(path) else { return Reading::No };
        let Some(other) = ground.day(&self.path) else {
            return if ground.facts.is_given(&self.path) { Reading::No } else { ground.absent(&self.path) };
        };
        let counted = dates::plus_months(other, self.months).and_then(|reached| dates::plus_days(reached, self.days));
        counted.map_or(Reading::Unknown, |mark| Reading::of(holds(day, mark)))
    }
}

fn readable<'a>(path: &str, schema: &'a Schema) -> Result<&'a Fact, String> {
    let fact = schema.fact(path).ok_or(format!("“{path}” is not a declared fact; declare it in facts.toml"))?;
    if fact.kind() == FactKind::Prose {
        return Err(format!("“{path}” is prose for people; no rule may read it: test its typed companion"));
    }
    Ok(fact)
}

fn values(path: &str, raw: &toml::Value, fact: &Fact, schema: &Schema) -> Result<Vec<Value>, String> {
    let list = match raw {
        toml::Value::Array(list) => list.clone(),
        one => vec![one.clone()],
    };
    let mut read = Vec::new();
    for one in list {
        match one.as_str().and_then(|text| text.strip_prefix('@')) {
            Some(group) => {
                let words = schema.groups.get(group).ok_or(format!("“@{group}” is not a group of facts.toml"))?;
                read.extend(words.iter().map(|word| Value::from(word.as_str())));
            }
            None => read.push(scalar(path, &one)?),
        }
    }
    for value in &read {
        let listed = if matches!(fact.kind(), FactKind::Words | FactKind::Names) {
            Value::Array(vec![value.clone()])
        } else {
            value.clone()
        };
        if fact.kind() == FactKind::Reference {
            return Err(format!("of “{path}” only null or not null counts: write {{ null = true }}"));
        }
        schema.check(path, &listed).map_err(|e| e.says)?;
    }
    Ok(read)
}

fn scalar(path: &str, raw: &toml::Value) -> Result<Value, String> {
    match raw {
        toml::Value::String(text) => Ok(Value::from(text.as_str())),
        toml::Value::Boolean(met) => Ok(Value::from(*met)),
        toml::Value::Integer(count) => Ok(Value::from(*count)),
        other => Err(format!("“{path}” cannot be compared with {other}")),
    }
}

fn is_within(value: &Value, list: &[String]) -> bool {
    let Value::Array(members) = value else { return false };
    members.iter().all(|member| member.as_str().is_some_and(|word| list.iter().any(|known| known == word)))
}
