use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Deserialize;

use super::clock::{ClockRule, ClockText};
use super::condition::Condition;
use super::dates;
use super::duty::Duty;
use super::ground::{DAY_ASKED, Ground, RECEIPT, Reading, Slot};
use super::schema::{Fact, Schema};
use super::vector::VectorText;
use crate::domain::finding::FindingCode;
use crate::domain::verdict::{Disposition, MinProcess};

/// One rule of law or policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its name, unique in all packs.
    pub id: String,
    /// The texts it rests on; never empty.
    pub cites: Vec<String>,
    /// The first day it is law.
    pub effective_from: NaiveDate,
    /// The last day it was law.
    pub effective_to: Option<NaiveDate>,
    /// `unreviewed`, `counsel to confirm` (written from memory or on young law), or who reviewed it and when.
    pub review_status: String,
    /// What it does when it is met.
    pub effect: Effect,
    /// Whether it is about this paper and not about the kind of paper, so that `basis_verdict` leaves it out.
    pub defect: bool,
    /// The stronger process that would reach the item; it makes a refusal *needs higher process*.
    pub instead: Option<MinProcess>,
    /// The least process that reaches the item, told for information.
    pub least: Option<MinProcess>,
    /// The findings it raises.
    pub findings: Vec<FindingCode>,
    /// What it proposes to do.
    pub disposition: Option<Disposition>,
    /// The duties it brings.
    pub duties: BTreeMap<String, Duty>,
    /// The clock it orders.
    pub clock: Option<ClockRule>,
    /// What it reaches within the data class (words of `fields_requested`); empty where it reaches all of it.
    pub fields: Vec<String>,
    /// The rule in plain words.
    pub says: String,
    /// What would cure what it finds; empty where nothing can.
    pub cure: String,
    /// Every fact its conditions read.
    pub(super) reads: BTreeSet<Slot>,
    /// What its conditions ask of words of closed lists: most rules are settled by that alone.
    words_needed: Vec<(Slot, u128)>,
    scope: Condition,
    applies_to: Condition,
    when: Condition,
    unless: Condition,
    day_asked: Option<Slot>,
    receipt: Option<Slot>,
}

/// What a rule does when it is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Allows the item.
    Permit,
    /// Bars it.
    Refuse,
    /// Sends it to a person.
    Review,
    /// Leaves the verdict alone: a finding, a duty, a way of acting.
    Note,
}

/// A rule as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleText {
    /// See [`Rule::id`].
    pub id: String,
    cites: Vec<String>,
    effective_from: String,
    effective_to: Option<String>,
    review_status: String,
    reviewed_by: Option<String>,
    reviewed_on: Option<String>,
    applies_to: Option<toml::Value>,
    when: Option<toml::Value>,
    unless: Option<toml::Value>,
    permit: Option<Vec<String>>,
    refuse: Option<Vec<String>>,
    review: Option<Vec<String>>,
    note: Option<Vec<String>>,
    #[serde(default)]
    defect: bool,
    instead: Option<MinProcess>,
    least: Option<MinProcess>,
    #[serde(default)]
    findings: Vec<FindingCode>,
    disposition: Option<Disposition>,
    #[serde(default)]
    duties: BTreeMap<String, toml::Value>,
    clock: Option<ClockText>,
    #[serde(default)]
    fields: Vec<String>,
    says: String,
    #[serde(default)]
    cure: String,
    /// Its own tests.
    #[serde(default)]
    pub vector: Vec<VectorText>,
}

impl Rule {
    /// Whether the rule is met on these facts, on the day asked.
    pub fn answer(&self, ground: &Ground<'_>) -> Reading {
        let is_other = |(slot, words): &(Slot, u128)| ground.word(*slot).is_some_and(|place| words >> place & 1 == 0);
        if self.words_needed.iter().any(is_other) {
            return Reading::No;
        }
        let asked = self.scope.answer(ground).and(self.applies_to.answer(ground));
        if asked == Reading::No {
            return Reading::No;
        }
        asked.and(self.when.answer(ground)).and(self.unless.answer(ground).not()).and(self.in_force(ground))
    }

    /// Scope, applies to, when, unless: for putting them into words.
    pub(super) fn conditions(&self) -> [&Condition; 4] {
        [&self.scope, &self.applies_to, &self.when, &self.unless]
    }

    /// Whether another rule does just what this one does.
    pub(super) fn says_the_same(&self, other: &Rule) -> bool {
        self.conditions() == other.conditions()
            && (self.defect, self.instead, self.least, self.disposition)
                == (other.defect, other.instead, other.least, other.disposition)
            && (&self.findings, &self.duties, &self.clock) == (&other.findings, &other.duties, &other.clock)
    }

    /// Whether a lawyer has reviewed it.
    pub fn is_reviewed(&self) -> bool {
        self.review_status.starts_with("reviewed")
    }

    /// The rule version is chosen by the day asked, which is the day of receipt unless `as_of` says otherwise.
    /// A question without a day (a report is never served) is answered by the law as it now stands.
    pub(super) fn in_force(&self, ground: &Ground<'_>) -> Reading {
        let Some(day) = self.day_asked.and_then(|slot| ground.day(slot)) else {
            let is_current = Reading::of(self.effective_to.is_none());
            return is_current.and(self.receipt.map_or(Reading::Yes, |slot| ground.absent(slot).not()));
        };
        Reading::of(self.effective_from <= day && self.effective_to.is_none_or(|last| day <= last))
    }
}

impl RuleText {
    /// Reads the rule against the declared facts.
    pub fn read(self, schema: &Schema) -> Result<Rule, String> {
        let (effect, classes) = self.effect()?;
        let duties = self.duties.iter().map(|(key, raw)| Ok((key.clone(), Duty::read(key, raw, schema)?)));
        let scope = scope(classes, schema)?;
        let applies_to = condition(self.applies_to.as_ref(), Condition::always(), schema)?;
        let when = condition(self.when.as_ref(), Condition::always(), schema)?;
        let unless = condition(self.unless.as_ref(), Condition::never(), schema)?;
        Ok(Rule {
            words_needed: [&scope, &applies_to, &when].into_iter().flat_map(Condition::words_needed).collect(),
            reads: [&scope, &applies_to, &when, &unless].into_iter().flat_map(Condition::reads).collect(),
            scope,
            applies_to,
            when,
            unless,
            duties: duties.collect::<Result<_, String>>()?,
            clock: self.clock.clone().map(|clock| clock.read(schema)).transpose()?,
            effective_from: day("effective_from", &self.effective_from)?,
            effective_to: self.effective_to.as_deref().map(|last| day("effective_to", last)).transpose()?,
            review_status: self.reviewed()?,
            effect,
            day_asked: schema.slot(DAY_ASKED),
            receipt: schema.slot(RECEIPT),
            id: self.id,
            cites: self.cites,
            defect: self.defect,
            instead: self.instead,
            least: self.least,
            findings: self.findings,
            disposition: self.disposition,
            fields: fields(self.fields, schema)?,
            says: self.says,
            cure: self.cure,
        })
    }

    fn effect(&self) -> Result<(Effect, &[String]), String> {
        let written = [
            (Effect::Permit, &self.permit),
            (Effect::Refuse, &self.refuse),
            (Effect::Review, &self.review),
            (Effect::Note, &self.note),
        ];
        let mut given = written.into_iter().filter_map(|(effect, classes)| Some((effect, classes.as_deref()?)));
        match (given.next(), given.next()) {
            (Some(one), None) => Ok(one),
            _ => {
                Err("write exactly one of permit, refuse, review and note, each with a list of data classes".to_owned())
            }
        }
    }

    fn reviewed(&self) -> Result<String, String> {
        match (self.review_status.as_str(), &self.reviewed_by, &self.reviewed_on) {
            ("unreviewed", None, None) => Ok("unreviewed".to_owned()),
            ("counsel_to_confirm", None, None) => Ok("counsel to confirm".to_owned()),
            ("reviewed", Some(who), Some(on)) => Ok(format!("reviewed by {who} on {on}")),
            _ => Err("review_status is \"unreviewed\", \"counsel_to_confirm\", or \"reviewed\" with reviewed_by and \
                      reviewed_on"
                .to_owned()),
        }
    }
}

fn scope(classes: &[String], schema: &Schema) -> Result<Condition, String> {
    if classes.iter().any(|class| class == "any") {
        return Ok(Condition::always());
    }
    let list = classes.iter().map(|class| toml::Value::from(class.as_str())).collect();
    let table = toml::Table::from_iter([("data_class".to_owned(), toml::Value::Array(list))]);
    Condition::read(&toml::Value::Table(table), schema)
}

fn fields(listed: Vec<String>, schema: &Schema) -> Result<Vec<String>, String> {
    let known = schema.fact("fields_requested").map_or(&[][..], Fact::words);
    match listed.iter().find(|field| !known.contains(field)) {
        Some(field) => Err(format!("“{field}” is not an item; the items are {}", known.join(", "))),
        None => Ok(listed),
    }
}

fn condition(raw: Option<&toml::Value>, otherwise: Condition, schema: &Schema) -> Result<Condition, String> {
    raw.map_or(Ok(otherwise), |raw| Condition::read(raw, schema))
}

fn day(key: &str, text: &str) -> Result<NaiveDate, String> {
    dates::day_of(text).ok_or(format!("{key} must be a day such as 2010-12-14, not “{text}”"))
}
