use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::condition::{Condition, undeclared};
use super::dates;
use super::error::ParseError;
use super::facts::Facts;
use super::ground::{Ground, Reading, Slot};
use super::way_out::{WayOut, WayOutText};
use crate::domain::data_class::DataClass;
use crate::domain::instrument::Instrument;
use crate::domain::requester::{
    Channel, CustomerType, IssuingAuthority, Matter, RequesterLevel, RequesterType, ServiceKind,
};

/// How many words a closed list may have: a bit each in a rule's choice.
const MOST_WORDS: u8 = 128;

/// The name of the file the schema is read from, for messages.
pub const FACTS_FILE: &str = "facts.toml";

/// The facts rules may speak of, the named groups and conditions they share, and what is required where.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    /// Sorted by path; a fact's place among them is its slot.
    facts: Vec<(String, Fact)>,
    /// Every member with the object it stands in.
    members: Vec<(Slot, Slot)>,
    /// Named lists of words, written `@name`.
    pub groups: BTreeMap<String, Vec<String>>,
    /// Named conditions, written `"@name" = true`.
    pub defined: BTreeMap<String, Condition>,
    required: Vec<Required>,
    ways_out: Vec<WayOut>,
}

/// One declared fact.
#[derive(Debug, Clone)]
pub struct Fact {
    /// What it means, in words.
    pub means: String,
    kind: FactKind,
    nullable: bool,
    words: Vec<String>,
    /// Their places, sorted by word: rules look words up by place.
    places: Vec<(String, u8)>,
}

/// The type of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// Yes or no.
    Bool,
    /// A whole number, not negative.
    Count,
    /// One word of a closed list.
    Word,
    /// Several words of a closed list.
    Words,
    /// A country, ISO 3166-1 alpha-2.
    Country,
    /// A US state or territory, two letters.
    State,
    /// A day, `2026-09-14`.
    Day,
    /// An instant, RFC 3339.
    Instant,
    /// A reference of which only *null or not null* counts.
    Reference,
    /// Short words without a closed list (languages, catalogues of offences).
    Names,
    /// One such short word.
    Name,
    /// Words for people; no rule may read them.
    Prose,
    /// Holds members (`identifiers.given`).
    Object,
}

#[derive(Debug, Clone)]
struct Required {
    facts: Vec<Slot>,
    when: Condition,
    unless: Condition,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaText {
    fact: BTreeMap<String, FactText>,
    groups: BTreeMap<String, Vec<String>>,
    define: BTreeMap<String, toml::Value>,
    required: Vec<RequiredText>,
    #[serde(default)]
    way_out: Vec<WayOutText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactText {
    #[serde(rename = "type")]
    kind: FactKind,
    means: String,
    #[serde(default)]
    nullable: bool,
    list: Option<String>,
    #[serde(default)]
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequiredText {
    facts: Vec<String>,
    when: Option<toml::Value>,
    unless: Option<toml::Value>,
}

impl Schema {
    /// Reads `config/law/facts.toml`.
    pub fn parse(text: &str) -> Result<Schema, ParseError> {
        let read: SchemaText = toml::from_str(text).map_err(|e| ParseError::from_toml(FACTS_FILE, text, &e))?;
        let mut schema = Schema { groups: read.groups, ..Schema::default() };
        for (path, fact) in read.fact {
            let declared = fact.declare(&path).map_err(|e| e.at_line_of(text, &path))?;
            schema.facts.push((path, declared));
        }
        schema.members = schema.slots().filter_map(|(slot, path)| Some((slot, schema.object_of(path)?))).collect();
        for (name, raw) in read.define {
            let condition = schema.condition(&raw).map_err(|e| e.at_line_of(text, &name))?;
            schema.defined.insert(name, condition);
        }
        for row in read.required {
            let row = schema.required_row(row).map_err(|e| e.in_rule("required"))?;
            schema.required.push(row);
        }
        for way in read.way_out {
            let way = way.read(&schema).map_err(|says| ParseError::new(FACTS_FILE, says).in_rule("way_out"))?;
            schema.ways_out.push(way);
        }
        Ok(schema)
    }

    /// The declared fact at a path.
    pub fn fact(&self, path: &str) -> Option<&Fact> {
        self.slot(path).and_then(|slot| self.fact_at(slot))
    }

    /// Where a path stands among the declared facts.
    pub fn slot(&self, path: &str) -> Option<Slot> {
        self.facts.binary_search_by(|(known, _)| known.as_str().cmp(path)).ok().map(Slot)
    }

    /// The path of a slot.
    pub fn path(&self, slot: Slot) -> &str {
        self.at(slot).map_or("", |(path, _)| path)
    }

    /// How many facts are declared.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// Every member of an object, with the object.
    pub(super) fn members(&self) -> &[(Slot, Slot)] {
        &self.members
    }

    /// Whether a path holds members.
    pub fn is_object(&self, path: &str) -> bool {
        self.fact(path).is_some_and(|fact| fact.kind == FactKind::Object)
    }

    /// What a path means, in words; the path itself if it is not declared.
    pub fn means<'a>(&'a self, path: &'a str) -> &'a str {
        self.fact(path).map_or(path, |fact| fact.means.as_str())
    }

    /// Whether a value may stand at a path.
    pub fn check(&self, path: &str, value: &Value) -> Result<(), ParseError> {
        let Some(fact) = self.fact(path) else {
            return Err(ParseError::new("facts", undeclared(path, self)));
        };
        fact.check(path, value).map_err(|says| ParseError::new("facts", says))
    }

    /// Every fact that must be known for this demand, as far as these facts tell, sorted.
    pub fn required(&self, facts: &Facts) -> BTreeSet<String> {
        let ground = Ground::open(self, facts);
        self.required_on(&ground).map(|slot| self.path(slot).to_owned()).collect()
    }

    /// Every required fact that is absent, and every fact that does not hold to its type, sorted.
    pub fn missing(&self, facts: &Facts) -> BTreeSet<String> {
        Ground::settled(self, facts).missing().clone()
    }

    /// The facts that must be known on this ground; some may come twice.
    pub(super) fn required_on(&self, ground: &Ground<'_>) -> impl Iterator<Item = Slot> {
        self.required.iter().filter(|row| row.applies(ground)).flat_map(|row| row.facts.iter().copied())
    }

    /// The steps that might turn a refusal into a permission, the least of each ladder first.
    pub fn ways_out(&self) -> &[WayOut] {
        &self.ways_out
    }

    /// The declared paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = (&str, &Fact)> {
        self.facts.iter().map(|(path, fact)| (path.as_str(), fact))
    }

    /// The fact at a slot.
    pub(super) fn fact_at(&self, slot: Slot) -> Option<&Fact> {
        self.at(slot).map(|(_, fact)| fact)
    }

    fn at(&self, slot: Slot) -> Option<&(String, Fact)> {
        self.facts.get(slot.0)
    }

    fn slots(&self) -> impl Iterator<Item = (Slot, &str)> {
        self.facts.iter().enumerate().map(|(index, (path, _))| (Slot(index), path.as_str()))
    }

    fn object_of(&self, path: &str) -> Option<Slot> {
        self.slot(path.rsplit_once('.')?.0)
    }

    /// Reads a condition as packs write it.
    pub fn condition(&self, raw: &toml::Value) -> Result<Condition, ParseError> {
        Condition::read(raw, self).map_err(|says| ParseError::new(FACTS_FILE, says))
    }

    fn required_row(&self, row: RequiredText) -> Result<Required, ParseError> {
        let missing = |path: &str| ParseError::new(FACTS_FILE, undeclared(path, self));
        let facts = row.facts.iter().map(|path| self.slot(path).ok_or_else(|| missing(path)));
        let facts = facts.collect::<Result<_, _>>()?;
        let when = row.when.as_ref().map_or(Ok(Condition::always()), |raw| self.condition(raw))?;
        let unless = row.unless.as_ref().map_or(Ok(Condition::never()), |raw| self.condition(raw))?;
        Ok(Required { facts, when, unless })
    }
}

impl Required {
    /// A row binds when its condition is surely met and its exception is not: if the instrument is
    /// unknown, what nearly every instrument needs is still asked for.
    fn applies(&self, ground: &Ground<'_>) -> bool {
        self.when.answer(ground) == Reading::Yes && self.unless.answer(ground) != Reading::Yes
    }
}

impl FactText {
    fn declare(self, path: &str) -> Result<Fact, ParseError> {
        let words = match &self.list {
            Some(list) => closed_list(list)
                .ok_or_else(|| ParseError::new(FACTS_FILE, format!("“{path}”: there is no closed list “{list}”")))?,
            None => self.words,
        };
        if matches!(self.kind, FactKind::Word | FactKind::Words) && words.is_empty() {
            return Err(ParseError::new(FACTS_FILE, format!("“{path}” needs `words` or `list`")));
        }
        let mut places: Vec<(String, u8)> = words.iter().cloned().zip(0..MOST_WORDS).collect();
        places.sort();
        if places.len() < words.len() {
            return Err(ParseError::new(FACTS_FILE, format!("“{path}” has more than {MOST_WORDS} words")));
        }
        Ok(Fact { means: self.means, kind: self.kind, nullable: self.nullable, words, places })
    }
}

impl Fact {
    /// The type of the fact.
    pub fn kind(&self) -> FactKind {
        self.kind
    }

    /// Whether null is an answer: somebody looked and there is none.
    pub fn is_nullable(&self) -> bool {
        self.nullable
    }

    /// The closed list of a word fact; empty for others.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether the value holds to the type.
    pub(super) fn fits(&self, value: &Value) -> bool {
        match value {
            Value::Null => self.nullable,
            Value::Array(list) if self.is_list() => list.iter().all(|one| self.fits_one(one).0),
            _ if self.is_list() => false,
            one => self.fits_one(one).0,
        }
    }

    /// The place of a word on the closed list of a fact that is one word.
    pub(super) fn place(&self, word: &str) -> Option<u8> {
        if self.kind != FactKind::Word {
            return None;
        }
        let at = self.places.binary_search_by(|(known, _)| known.as_str().cmp(word)).ok()?;
        self.places.get(at).map(|(_, place)| *place)
    }

    /// Whether it holds several words.
    pub(super) fn is_list(&self) -> bool {
        matches!(self.kind, FactKind::Words | FactKind::Names)
    }

    fn check(&self, path: &str, value: &Value) -> Result<(), String> {
        if value.is_null() {
            let says = format!("“{path}” cannot be null: leave it out if nobody has looked");
            return if self.nullable { Ok(()) } else { Err(says) };
        }
        match value {
            Value::Array(list) if self.is_list() => list.iter().try_for_each(|one| self.check_one(path, one)),
            _ if self.is_list() => Err(format!("“{path}” must be a list of words, not {value}")),
            one => self.check_one(path, one),
        }
    }

    fn fits_one(&self, value: &Value) -> (bool, &'static str) {
        let text = value.as_str();
        match self.kind {
            FactKind::Bool => (value.is_boolean(), "true or false"),
            FactKind::Count => (value.is_u64(), "a whole number"),
            FactKind::Word | FactKind::Words => {
                (text.is_some_and(|t| self.words.iter().any(|w| w == t)), "a word of its list")
            }
            FactKind::Country | FactKind::State => (text.is_some_and(is_two_letters), "two capital letters"),
            FactKind::Day => (text.is_some_and(|t| dates::day_of(t).is_some()), "a day such as 2026-09-14"),
            FactKind::Instant => (text.is_some_and(dates::is_instant), "an instant such as 2026-09-14T15:00:00Z"),
            // Items of a list may be named by their numbers.
            FactKind::Names => (text.is_some() || value.is_u64(), "text"),
            FactKind::Reference | FactKind::Prose | FactKind::Name => (text.is_some(), "text"),
            FactKind::Object => (false, "an object with members"),
        }
    }

    fn check_one(&self, path: &str, value: &Value) -> Result<(), String> {
        let (fits, wanted) = self.fits_one(value);
        if fits {
            return Ok(());
        }
        let known = if self.words.is_empty() { String::new() } else { format!(" ({})", self.words.join(", ")) };
        Err(format!("“{path}” must be {wanted}, not {value}{known}"))
    }
}

fn is_two_letters(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

fn closed_list(name: &str) -> Option<Vec<String>> {
    fn words<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> Option<Vec<String>> {
        Some(all.iter().map(|one| word(*one).to_owned()).collect())
    }
    match name {
        "instrument" => words(Instrument::ALL, Instrument::as_str),
        "data_class" => words(DataClass::ALL, DataClass::as_str),
        "issuing_authority" => words(IssuingAuthority::ALL, IssuingAuthority::as_str),
        "requester_level" => words(RequesterLevel::ALL, RequesterLevel::as_str),
        "requester_type" => words(RequesterType::ALL, RequesterType::as_str),
        "matter" => words(Matter::ALL, Matter::as_str),
        "channel" => words(Channel::ALL, Channel::as_str),
        "customer_type" => words(CustomerType::ALL, CustomerType::as_str),
        "service_kind" => words(ServiceKind::ALL, ServiceKind::as_str),
        _ => None,
    }
}
