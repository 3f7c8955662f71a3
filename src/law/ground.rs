//! What conditions are answered on.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::Value;

use super::dates;
use super::facts::Facts;
use super::schema::{Fact, FactKind, Schema};

/// The day the question is asked.
pub const DAY_ASKED: &str = "as_of";
/// When the paper was served.
pub const RECEIPT: &str = "received_at";

/// Where a fact stands among the declared ones: rules look facts up by it, not by their paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub(super) usize);

/// The answer to a condition: doubt is an answer of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Met.
    Yes,
    /// Not met.
    No,
    /// A required fact it turns on is absent.
    Unknown,
}

/// The facts of one demand, looked through once: what is known, and what its absence means.
pub struct Ground<'a> {
    /// The facts of the demand.
    pub facts: &'a Facts,
    /// The declared facts.
    pub schema: &'a Schema,
    known: Vec<Known<'a>>,
    /// What does not hold to its type, or is declared nowhere: it counts as not known.
    broken: Vec<&'a str>,
    missing: BTreeSet<String>,
}

#[derive(Clone, Copy)]
struct Known<'a> {
    value: Option<&'a Value>,
    /// Its place on the closed list, where it is a word of one.
    word: Option<u8>,
    day: Option<NaiveDate>,
    is_given: bool,
    absent: Reading,
}

impl Reading {
    /// Yes for true, no for false.
    pub fn of(met: bool) -> Reading {
        if met { Reading::Yes } else { Reading::No }
    }

    /// `yes`, `no` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Reading::Yes => "yes",
            Reading::No => "no",
            Reading::Unknown => "unknown",
        }
    }

    /// Both must hold.
    #[must_use]
    pub fn and(self, other: Reading) -> Reading {
        match (self, other) {
            (Reading::No, _) | (_, Reading::No) => Reading::No,
            (Reading::Unknown, _) | (_, Reading::Unknown) => Reading::Unknown,
            _ => Reading::Yes,
        }
    }

    /// One must hold.
    #[must_use]
    pub fn or(self, other: Reading) -> Reading {
        self.not().and(other.not()).not()
    }

    /// The opposite; the opposite of unknown is unknown.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "reads beside `and` and `or`")]
    pub fn not(self) -> Reading {
        match self {
            Reading::Yes => Reading::No,
            Reading::No => Reading::Yes,
            Reading::Unknown => Reading::Unknown,
        }
    }
}

impl<'a> Known<'a> {
    const NOTHING: Known<'a> = Known { value: None, word: None, day: None, is_given: false, absent: Reading::Unknown };

    /// A value, where it holds to the type of its fact.
    fn read(fact: &Fact, value: &'a Value) -> Option<Known<'a>> {
        let known = Known { value: Some(value), is_given: true, ..Known::NOTHING };
        if fact.kind() == FactKind::Word && !value.is_null() {
            return Some(Known { word: Some(fact.place(value.as_str()?)?), ..known });
        }
        let is_day = matches!(fact.kind(), FactKind::Day | FactKind::Instant);
        let day = value.as_str().filter(|_| is_day).and_then(dates::day_of);
        fact.fits(value).then_some(Known { day, ..known })
    }
}

impl<'a> Ground<'a> {
    /// A ground on which every absence is unknown.
    pub fn open(schema: &'a Schema, facts: &'a Facts) -> Ground<'a> {
        let known = vec![Known::NOTHING; schema.len()];
        let mut ground = Ground { facts, schema, known, broken: Vec::new(), missing: BTreeSet::new() };
        for (path, value) in facts.iter() {
            ground.take(path, value);
        }
        ground.join();
        ground
    }

    /// A ground on which the absence of a required fact is unknown and of any other means *not observed*.
    pub fn settled(schema: &'a Schema, facts: &'a Facts) -> Ground<'a> {
        let mut ground = Ground::open(schema, facts);
        ground.settle();
        ground
    }

    /// The ground if some facts were others: each takes the place of what was there, of its members or of its object.
    pub fn with(&self, change: &'a [(Slot, Value)]) -> Ground<'a> {
        let (known, broken) = (self.known.clone(), self.broken.clone());
        let mut ground = Ground { known, broken, facts: self.facts, schema: self.schema, missing: BTreeSet::new() };
        for (slot, value) in change {
            let nothing = Some(Known::NOTHING);
            let members = self.schema.members().iter().filter(|(_, object)| object == slot);
            members.for_each(|(member, _)| ground.put(*member, nothing));
            let object = self.schema.members().iter().find(|(member, _)| member == slot).map(|(_, object)| *object);
            if let Some(object) = object.filter(|object| ground.get(*object).is_some()) {
                ground.put(object, nothing);
            }
            ground.put(*slot, self.schema.fact_at(*slot).and_then(|fact| Known::read(fact, value)));
        }
        ground.join();
        ground.settle();
        ground
    }

    fn join(&mut self) {
        let schema = self.schema;
        schema.members().iter().for_each(|(member, object)| self.share(*member, *object));
        self.date();
    }

    fn settle(&mut self) {
        for known in &mut self.known {
            known.absent = Reading::Unknown;
        }
        let schema = self.schema;
        let required: Vec<Slot> = schema.required_on(self).filter(|slot| !self.is_given(*slot)).collect();
        for known in &mut self.known {
            known.absent = Reading::No;
        }
        required.into_iter().for_each(|slot| self.ask(schema.path(slot)));
        std::mem::take(&mut self.broken).into_iter().for_each(|path| self.ask(path));
        for (member, object) in schema.members() {
            let is_asked = self.at(*object).is_some_and(|known| known.absent == Reading::Unknown);
            if let Some(known) = self.known.get_mut(member.0).filter(|_| is_asked) {
                known.absent = Reading::Unknown;
            }
        }
    }

    /// The required facts that are absent, sorted by path.
    pub fn missing(&self) -> &BTreeSet<String> {
        &self.missing
    }

    /// The value of a fact; null too where the object it stands in is null.
    pub fn get(&self, slot: Slot) -> Option<&'a Value> {
        self.at(slot)?.value
    }

    /// Whether somebody has looked at a fact, or at a member of it.
    pub fn is_given(&self, slot: Slot) -> bool {
        self.at(slot).is_some_and(|known| known.is_given)
    }

    /// The place of a fact's word on its closed list.
    pub fn word(&self, slot: Slot) -> Option<u8> {
        self.at(slot)?.word
    }

    /// What it means here that nobody has looked at a fact.
    pub fn absent(&self, slot: Slot) -> Reading {
        self.at(slot).map_or(Reading::Unknown, |known| known.absent)
    }

    /// The day of a fact.
    pub fn day(&self, slot: Slot) -> Option<NaiveDate> {
        self.at(slot)?.day
    }

    fn at(&self, slot: Slot) -> Option<&Known<'a>> {
        self.known.get(slot.0)
    }

    fn take(&mut self, path: &'a str, value: &'a Value) {
        let declared = self.schema.slot(path).and_then(|slot| Some((slot, self.schema.fact_at(slot)?)));
        let read = declared.and_then(|(slot, fact)| Some((slot, Known::read(fact, value)?)));
        match read.and_then(|(slot, known)| Some((self.known.get_mut(slot.0)?, known))) {
            Some((place, known)) => *place = known,
            None => self.broken.push(path),
        }
    }

    fn put(&mut self, slot: Slot, known: Option<Known<'a>>) {
        if let (Some(place), Some(known)) = (self.known.get_mut(slot.0), known) {
            *place = known;
        }
    }

    /// What is said of an object holds for its members, and a member that is given gives the object.
    fn share(&mut self, member: Slot, object: Slot) {
        let null = self.at(object).and_then(|known| known.value).filter(|value| value.is_null());
        let is_given = self.is_given(member);
        if let Some(known) = self.known.get_mut(member.0)
            && known.value.is_none()
            && null.is_some()
        {
            (known.value, known.is_given) = (null, true);
        }
        if is_given && let Some(known) = self.known.get_mut(object.0) {
            known.is_given = true;
        }
    }

    /// The day asked is the day of receipt unless `as_of` says otherwise.
    fn date(&mut self) {
        let (asked, received) = (self.schema.slot(DAY_ASKED), self.schema.slot(RECEIPT));
        let day = received.and_then(|slot| self.day(slot));
        if let Some(known) = asked.and_then(|slot| self.known.get_mut(slot.0)) {
            known.day = known.day.or(day);
        }
    }

    fn ask(&mut self, path: &str) {
        if let Some(known) = self.schema.slot(path).and_then(|slot| self.known.get_mut(slot.0)) {
            known.absent = Reading::Unknown;
        }
        self.missing.insert(path.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::Reading::{No, Unknown, Yes};

    #[test]
    fn unknown_is_settled_only_by_a_no_in_and_or_a_yes_in_or() {
        assert_eq!((Unknown.and(No), Unknown.and(Yes), Unknown.or(Yes), Unknown.or(No)), (No, Unknown, Yes, Unknown));
    }
}
