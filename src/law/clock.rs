//! Clocks that rules order: what runs from which fact, for how long, counted by which rule. Counting is the room
//! `clock`'s; here it is only read, asked whether it is ordered on these facts, and put into words.

use serde::Deserialize;

use super::facts::Facts;
use super::ground::{Ground, Reading, Slot};
use super::pack::Pack;
use super::rule::Rule;
use super::rulebook::Rulebook;
use super::schema::{FactKind, Schema};
use crate::domain::clock::{
    Began, ClockKind, ClockOrder, ClockOwner, ClockTerms, Counting, Length, Otherwise, Place, Warn,
};
use crate::domain::wait::WaitKind;

/// A clock as a rule orders it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRule {
    /// What it is and how it is counted.
    pub terms: ClockTerms,
    /// The fact it runs from.
    pub from: Option<Slot>,
    /// The fact that states a day on which it ends at the latest.
    pub until: Option<Slot>,
}

/// A clock as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockText {
    kind: ClockKind,
    title: String,
    #[serde(default)]
    event: String,
    from: Option<String>,
    length: Option<Length>,
    until: Option<String>,
    #[serde(default = "plain")]
    counting: Counting,
    calendar: Option<String>,
    #[serde(default = "home")]
    place: Place,
    #[serde(default)]
    stands_still: Vec<WaitKind>,
    #[serde(default = "usual_warnings")]
    warn: Vec<Warn>,
    #[serde(default = "assignee")]
    owner: ClockOwner,
    otherwise: Otherwise,
}

fn plain() -> Counting {
    Counting::Plain
}

fn home() -> Place {
    Place::Home
}

fn assignee() -> ClockOwner {
    ClockOwner::Assignee
}

/// At half-time, a day and two hours before the end.
fn usual_warnings() -> Vec<Warn> {
    vec![Warn::Half, Warn::Before(Length::Days(1)), Warn::Before(Length::Hours(2))]
}

impl ClockText {
    /// Reads the clock against the declared facts.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(self, schema: &Schema) -> Result<ClockRule, String> {
        let when = |key: &str, path: Option<String>, kinds: &[FactKind]| {
            let Some(path) = path else { return Ok(None) };
            let fact = schema.fact(&path).filter(|fact| kinds.contains(&fact.kind()));
            match (fact, schema.slot(&path)) {
                (Some(_), Some(slot)) => Ok(Some(slot)),
                _ => Err(format!("the clock's `{key}` names “{path}”, which is not a declared day or moment")),
            }
        };
        if self.length.is_none() && self.until.is_none() {
            return Err("a clock has a `length`, or `until` names the fact that states its last day".to_owned());
        }
        if self.length.is_some() && (self.from.is_none() || self.event.is_empty()) {
            return Err("a clock with a `length` says `from` which fact it runs, and the `event` in words".to_owned());
        }
        if self.title.trim().is_empty() {
            return Err("a clock has a `title`: what people see on the case".to_owned());
        }
        Ok(ClockRule {
            from: when("from", self.from, &[FactKind::Day, FactKind::Instant])?,
            until: when("until", self.until, &[FactKind::Day])?,
            terms: ClockTerms {
                kind: self.kind,
                title: self.title,
                event: self.event,
                length: self.length,
                counting: self.counting,
                calendar: self.calendar,
                place: self.place,
                stands_still: self.stands_still,
                warn: self.warn,
                owner: self.owner,
                otherwise: self.otherwise,
            },
        })
    }
}

impl ClockRule {
    /// The clock in words: `10 days from when the paper was served, Reg. 1182/71`.
    pub fn in_words(&self, schema: &Schema) -> String {
        let fact = |slot: Slot| schema.means(schema.path(slot));
        let terms = &self.terms;
        let runs = match (terms.length, self.from) {
            (Some(length), Some(from)) => Some(format!("{length} from {}, {}", fact(from), terms.counting.label())),
            _ => None,
        };
        let said = self.until.map(|slot| format!("no later than {}", fact(slot)));
        let still: Vec<&str> = terms.stands_still.iter().map(|kind| kind.label()).collect();
        let still = (!still.is_empty()).then(|| format!("stands still while {}", still.join(" or ")));
        let otherwise = Some(format!("if nobody acts: {}", terms.otherwise.label()));
        [runs, said, still, otherwise].into_iter().flatten().collect::<Vec<_>>().join("; ")
    }

    /// Every fact it is counted from.
    pub fn reads(&self) -> impl Iterator<Item = Slot> {
        self.from.into_iter().chain(self.until)
    }

    fn order(&self, pack: &Pack, rule: &Rule, ground: &Ground<'_>, is_certain: bool) -> Option<ClockOrder> {
        let began = self.from.and_then(|slot| began(ground, slot));
        let until = self.until.and_then(|slot| ground.day(slot));
        // What it would be counted from is not known, or there is none.
        let length = self.terms.length.filter(|_| began.is_some());
        if length.is_none() && until.is_none() {
            return None;
        }
        Some(ClockOrder {
            rule: rule.id.clone(),
            terms: ClockTerms { length, ..self.terms.clone() },
            began,
            until,
            is_certain,
            cites: rule.cites.clone(),
            pack: pack.name.clone(),
            version: pack.version.clone(),
            review_status: rule.review_status.clone(),
        })
    }
}

fn began(ground: &Ground<'_>, slot: Slot) -> Option<Began> {
    let text = ground.get(slot)?.as_str()?;
    match chrono::DateTime::parse_from_rfc3339(text) {
        Ok(at) => Some(Began::At(at.to_utc())),
        Err(_) => ground.day(slot).map(Began::On),
    }
}

/// The clocks that the rules order on these facts. Where it is not known yet whether one is ordered, it is: a clock that
/// runs in vain costs less than one that was missed.
pub fn orders(book: &Rulebook, facts: &Facts) -> Vec<ClockOrder> {
    let ground = Ground::settled(book.schema(), facts);
    let mut orders = Vec::new();
    for pack in book.packs() {
        let mut clocks = pack.rules.iter().filter_map(|rule| Some((rule, rule.clock.as_ref()?))).peekable();
        if clocks.peek().is_none() {
            continue;
        }
        let covers = pack.covers(&ground);
        for (rule, clock) in clocks {
            match covers.and(rule.answer(&ground)) {
                Reading::No => {}
                // What somebody else owes us is no duty that could be missed.
                Reading::Unknown if clock.terms.kind == ClockKind::Awaited => {}
                reading => orders.extend(clock.order(pack, rule, &ground, reading == Reading::Yes)),
            }
        }
    }
    orders
}
