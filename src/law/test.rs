use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

use super::condition::undeclared;
use super::dates;
use super::ground::{DAY_ASKED, Ground, Reading, Slot};
use super::schema::{Fact, FactKind, Schema};
use super::words;

/// One test on one fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// The value is one of these (`= "a"`, `= ["a", "b"]`).
    OneOf(Choice),
    /// The value is none of these (`{ not = … }`).
    NoneOf(Choice),
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
    /// The day lies more than so many days before the day asked, which the mark counts from.
    OlderThan(Mark),
    /// The day lies before this one (`{ before_day = "2026-08-18" }`).
    BeforeDay(NaiveDate),
    /// Every member of the list is one of these; or some member is not.
    Only(Vec<String>, bool),
    /// Some member of the list is one of these (`{ among = … }`).
    Among(Vec<String>),
    /// The value is a member of another fact's list (`{ listed_in = "…" }`), or it is not.
    ListedIn(Slot, bool),
    /// The two facts are the same (or are not).
    SameAs(Slot, bool),
}

/// Values a fact may have.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The values.
    pub values: Vec<Value>,
    /// Their places on the fact's closed list, where it has one: a bit each.
    words: Option<u128>,
}

/// A day counted from another fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    from: Slot,
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
    before_day: Option<String>,
    only: Option<toml::Value>,
    not_only: Option<toml::Value>,
    among: Option<toml::Value>,
    listed_in: Option<String>,
    not_listed_in: Option<String>,
    same_as: Option<String>,
    differs_from: Option<String>,
}

impl Test {
    /// Reads the tests written behind a fact's path.
    pub fn read(path: &str, raw: &toml::Value, schema: &Schema) -> Result<Vec<Test>, String> {
        let fact = readable(path, schema)?;
        let toml::Value::Table(table) = raw else {
            return Ok(vec![Test::OneOf(Choice::new(values(path, raw, fact, schema)?, fact))]);
        };
        let text: TestText =
            table.clone().try_into().map_err(|e: toml::de::Error| format!("“{path}”: {}", e.message()))?;
        let tests = text.tests(path, fact, schema)?;
        if tests.is_empty() {
            return Err(format!("“{path}” is asked nothing: write for example {{ not = … }} or {{ null = true }}"));
        }
        Ok(tests)
    }

    /// The answer on these facts.
    pub fn answer(&self, slot: Slot, ground: &Ground<'_>) -> Reading {
        if let Test::Given(wanted) = self {
            return Reading::of(ground.is_given(slot) == *wanted);
        }
        let value = match ground.get(slot) {
            Some(value) => value,
            None if ground.is_given(slot) => return Reading::of(*self == Test::Null(false)),
            None => return ground.absent(slot),
        };
        match self {
            Test::OneOf(choice) => Reading::of(choice.has(value, ground.word(slot))),
            Test::NoneOf(choice) => Reading::of(!choice.has(value, ground.word(slot))),
            Test::Null(wanted) => Reading::of(value.is_null() == *wanted),
            Test::Given(wanted) => Reading::of(*wanted),
            Test::Over(limit) => Reading::of(value.as_u64().is_some_and(|count| count > *limit)),
            Test::Under(limit) => Reading::of(value.as_u64().is_some_and(|count| count < *limit)),
            Test::Before(mark) | Test::OlderThan(mark) => mark.compare(ground, slot, |day, other| day < other),
            Test::After(mark) => mark.compare(ground, slot, |day, other| day > other),
            Test::BeforeDay(mark) => Reading::of(ground.day(slot).is_some_and(|day| day < *mark)),
            Test::Only(list, wanted) => Reading::of(is_within(value, list) == *wanted),
            Test::Among(list) => Reading::of(members(value).iter().any(|member| list.contains(member))),
            Test::ListedIn(other, wanted) => match ground.get(*other) {
                None => ground.absent(*other),
                Some(there) => Reading::of(members(there).contains(&written(value)) == *wanted),
            },
            Test::SameAs(other, wanted) => match ground.get(*other) {
                None => ground.absent(*other),
                Some(there) => Reading::of((value == there) == *wanted),
            },
        }
    }

    /// What the fact must be, in words.
    pub fn in_words(&self, schema: &Schema) -> String {
        let meaning = |slot: Slot| schema.means(schema.path(slot));
        match self {
            Test::OneOf(choice) => words::one_of(&choice.values),
            Test::NoneOf(choice) => format!("not {}", words::one_of(&choice.values)),
            Test::Null(true) => "there is none".into(),
            Test::Null(false) => "there is one".into(),
            Test::Given(true) => "somebody has looked".into(),
            Test::Given(false) => "nobody has looked".into(),
            Test::Over(limit) => format!("over {limit}"),
            Test::Under(limit) => format!("under {limit}"),
            Test::Before(mark) => format!("before {}", mark.in_words(schema)),
            Test::After(mark) => format!("after {}", mark.in_words(schema)),
            Test::OlderThan(mark) => format!("more than {} days before the day asked", mark.days.unsigned_abs()),
            Test::BeforeDay(day) => format!("before {day}"),
            Test::Only(list, true) => format!("only {}", words::one_of(&listed(list))),
            Test::Only(list, false) => format!("something beside {}", words::one_of(&listed(list))),
            Test::Among(list) => format!("among others {}", words::one_of(&listed(list))),
            Test::ListedIn(other, true) => format!("among {}", meaning(*other)),
            Test::ListedIn(other, false) => format!("not among {}", meaning(*other)),
            Test::SameAs(other, true) => format!("the same as {}", meaning(*other)),
            Test::SameAs(other, false) => format!("not the same as {}", meaning(*other)),
        }
    }

    /// The places on its fact's closed list of the words it asks for, a bit each, where it asks for such.
    pub(super) fn words_asked(&self) -> Option<u128> {
        match self {
            Test::OneOf(choice) => choice.words,
            _ => None,
        }
    }

    /// The second fact a test reads, if it reads one.
    pub fn other_fact(&self) -> Option<Slot> {
        match self {
            Test::Before(mark) | Test::After(mark) | Test::OlderThan(mark) => Some(mark.from),
            Test::SameAs(other, _) | Test::ListedIn(other, _) => Some(*other),
            _ => None,
        }
    }
}

impl TestText {
    fn tests(self, path: &str, fact: &Fact, schema: &Schema) -> Result<Vec<Test>, String> {
        let (days, months) = (self.days.unwrap_or(0), self.months.unwrap_or(0));
        let other = |path: String| {
            readable(&path, schema)?;
            schema.slot(&path).ok_or_else(|| undeclared(&path, schema))
        };
        let mark = |path: String| Ok::<_, String>(Mark { from: other(path)?, days, months });
        let older = |days: i64| Ok::<_, String>(Mark { from: other(DAY_ASKED.to_owned())?, days: -days, months: 0 });
        let is_day = matches!(fact.kind(), FactKind::Day | FactKind::Instant);
        let asks_day = self.before.is_some() || self.after.is_some() || self.before_day.is_some();
        if !is_day && (asks_day || self.older_than_days.is_some()) {
            return Err(format!("“{path}” is not a day, so it cannot lie before or after one"));
        }
        if fact.kind() != FactKind::Count && (self.over.is_some() || self.under.is_some()) {
            return Err(format!("“{path}” is not a count, so it cannot be over or under one"));
        }
        let not = self.not.map(|raw| values(path, &raw, fact, schema)).transpose()?;
        if !fact.is_list() && (self.only.is_some() || self.not_only.is_some() || self.among.is_some()) {
            return Err(format!("“{path}” is not a list, so it has no members"));
        }
        let list = |raw: Option<toml::Value>| {
            let read = raw.map(|raw| values(path, &raw, fact, schema)).transpose()?;
            Ok::<_, String>(read.map(|list| list.iter().map(written).collect::<Vec<String>>()))
        };
        let before_day = self.before_day.map(|text| {
            dates::day_of(&text).ok_or(format!("“{path}”: before_day is a day such as 2026-08-18, not “{text}”"))
        });
        let tests = [
            not.map(|values| Test::NoneOf(Choice::new(values, fact))),
            self.null.map(Test::Null),
            self.given.map(Test::Given),
            self.over.map(Test::Over),
            self.under.map(Test::Under),
            self.before.map(mark).transpose()?.map(Test::Before),
            self.after.map(mark).transpose()?.map(Test::After),
            self.older_than_days.map(older).transpose()?.map(Test::OlderThan),
            before_day.transpose()?.map(Test::BeforeDay),
            list(self.only)?.map(|list| Test::Only(list, true)),
            list(self.not_only)?.map(|list| Test::Only(list, false)),
            list(self.among)?.map(Test::Among),
            self.listed_in.map(other).transpose()?.map(|slot| Test::ListedIn(slot, true)),
            self.not_listed_in.map(other).transpose()?.map(|slot| Test::ListedIn(slot, false)),
            self.same_as.map(other).transpose()?.map(|slot| Test::SameAs(slot, true)),
            self.differs_from.map(other).transpose()?.map(|slot| Test::SameAs(slot, false)),
        ];
        Ok(tests.into_iter().flatten().collect())
    }
}

impl Choice {
    fn new(values: Vec<Value>, fact: &Fact) -> Choice {
        let bit = |value: &Value| Some(1_u128 << fact.place(value.as_str()?)?);
        let words = values.iter().map(bit).try_fold(0, |all, bit| Some(all | bit?));
        Choice { values, words }
    }

    /// Whether a value is among them; `word` is its place on the closed list, where it has one.
    fn has(&self, value: &Value, word: Option<u8>) -> bool {
        match (self.words, word) {
            (Some(words), Some(place)) => words >> place & 1 == 1,
            _ => self.values.contains(value),
        }
    }
}

impl Mark {
    fn in_words(&self, schema: &Schema) -> String {
        let months = words::moved(schema.means(schema.path(self.from)), i64::from(self.months), "month");
        words::moved(&months, self.days, "day")
    }

    fn compare(&self, ground: &Ground<'_>, slot: Slot, holds: impl Fn(NaiveDate, NaiveDate) -> bool) -> Reading {
        let Some(day) = ground.day(slot) else { return Reading::No };
        let Some(other) = ground.day(self.from) else {
            return if ground.is_given(self.from) { Reading::No } else { ground.absent(self.from) };
        };
        let counted = dates::plus_months(other, self.months).and_then(|reached| dates::plus_days(reached, self.days));
        counted.map_or(Reading::Unknown, |mark| Reading::of(holds(day, mark)))
    }
}

fn readable<'a>(path: &str, schema: &'a Schema) -> Result<&'a Fact, String> {
    let fact = schema.fact(path).ok_or_else(|| undeclared(path, schema))?;
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
        let listed = if fact.is_list() { Value::Array(vec![value.clone()]) } else { value.clone() };
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
    value.is_array() && members(value).iter().all(|member| list.contains(member))
}

/// The members of a list, as they are written; none of what is no list.
fn members(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(written).collect()
}

fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn listed(words: &[String]) -> Vec<Value> {
    words.iter().map(|word| Value::from(word.as_str())).collect()
}
