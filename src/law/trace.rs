//! Every rule that was asked, those that said no among them, and what settled each. It is no part of an answer: it comes
//! out of the same facts and the same rules again.

use serde_json::{Value, json};

use super::condition::Condition;
use super::facts::Facts;
use super::ground::{Ground, Reading};
use super::pack::Pack;
use super::rule::Rule;
use super::rulebook::Rulebook;
use super::words::Told;

/// A pack, and what its rules said.
#[derive(Debug, Clone, PartialEq)]
pub struct PackTrace<'a> {
    /// The pack.
    pub pack: &'a Pack,
    /// Whether it speaks of the demand.
    pub covers: Reading,
    /// What settled that.
    pub by: Vec<Settled>,
    /// What each of its rules said, in the order of their ids; nothing of a pack that does not speak of the demand.
    /// Rules that order clocks are asked about the paper and not about a demand: they are left out.
    pub rules: Vec<RuleTrace<'a>>,
}

/// A rule, and what it said.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleTrace<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Whether it is met.
    pub said: Reading,
    /// The part of it that settled that; none where all of it is met, and whether its pack speaks of the demand settles it.
    pub part: Option<Part>,
    /// What that part turned on.
    pub by: Vec<Settled>,
}

/// One thing that was asked, and what was known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// What was asked.
    pub told: Told,
    /// What was known: yes or no for a shared condition; none where nobody had looked.
    pub known: Option<Value>,
}

/// A part of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The data classes it speaks of.
    Class,
    /// What it applies to.
    AppliesTo,
    /// What must be so besides.
    When,
    /// What keeps it from binding.
    Unless,
    /// From when to when it is law.
    Effective,
}

impl Part {
    /// The part as packs spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Class => "data_class",
            Part::AppliesTo => "applies_to",
            Part::When => "when",
            Part::Unless => "unless",
            Part::Effective => "effective",
        }
    }

    /// The part in words.
    pub fn label(self) -> &'static str {
        match self {
            Part::Class => "speaks of other data",
            Part::AppliesTo => "does not apply",
            Part::When => "what it asks for is not so",
            Part::Unless => "is kept from binding",
            Part::Effective => "is not law on that day",
        }
    }
}

/// Asks every rule about a demand.
pub fn trace<'a>(book: &'a Rulebook, facts: &Facts) -> Vec<PackTrace<'a>> {
    let ground = Ground::settled(book.schema(), facts);
    book.packs().iter().map(|pack| of_pack(pack, &ground)).collect()
}

fn of_pack<'a>(pack: &'a Pack, ground: &Ground<'_>) -> PackTrace<'a> {
    let covers = pack.covers(ground);
    let asked = pack.rules.iter().filter(|rule| covers != Reading::No && rule.clock.is_none());
    PackTrace {
        pack,
        covers,
        by: pack.covered().settled_by(ground),
        rules: asked.map(|rule| of_rule(rule, covers, ground)).collect(),
    }
}

fn of_rule<'a>(rule: &'a Rule, covers: Reading, ground: &Ground<'_>) -> RuleTrace<'a> {
    let [class, applies_to, when, unless] = rule.conditions();
    let asked = |part: Part, of: &Condition, wanted: Reading| {
        let answer = of.answer(ground);
        (part, if wanted == Reading::Yes { answer } else { answer.not() }, of.settled_by(ground))
    };
    let parts = [
        asked(Part::Class, class, Reading::Yes),
        asked(Part::AppliesTo, applies_to, Reading::Yes),
        asked(Part::When, when, Reading::Yes),
        asked(Part::Unless, unless, Reading::No),
        (Part::Effective, rule.in_force(ground), Vec::new()),
    ];
    let said = covers.and(rule.answer(ground));
    // The first part that says no settles it; where none does, the first that can't tell.
    let is = |wanted: Reading| parts.iter().position(|(_, reading, _)| *reading == wanted);
    let settling = is(Reading::No).or_else(|| is(Reading::Unknown)).and_then(|at| parts.into_iter().nth(at));
    let (part, by) = settling.map_or((None, Vec::new()), |(part, _, by)| (Some(part), by));
    RuleTrace { rule, said, part, by }
}

/// The trace as `writ law check --trace` prints it.
pub fn as_json(traces: &[PackTrace<'_>]) -> Value {
    let settled = |by: &[Settled]| -> Value {
        by.iter().map(|one| json!({"asked": one.told.path, "is": one.told.is, "known": one.known})).collect()
    };
    let rule = |one: &RuleTrace<'_>| {
        let mut line = json!({"rule": one.rule.id, "said": one.said.as_str()});
        if let (Some(part), Some(line)) = (one.part, line.as_object_mut()) {
            line.insert("part".into(), part.as_str().into());
            line.insert("by".into(), settled(&one.by));
        }
        line
    };
    let pack = |one: &PackTrace<'_>| {
        json!({
            "pack": one.pack.name,
            "version": one.pack.version,
            "speaks_of_it": one.covers.as_str(),
            "by": settled(&one.by),
            "rules": one.rules.iter().map(rule).collect::<Vec<_>>(),
        })
    };
    traces.iter().map(pack).collect()
}
