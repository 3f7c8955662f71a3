//! Mistakes in packs that load. Each is a sentence a lawyer can act on, with the line it is about.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::error::ParseError;
use super::pack::Pack;
use super::room::Way;
use super::rule::{Effect, Rule};
use super::rulebook::Rulebook;
use crate::domain::assessment::Assessment;

/// The mistakes of the packs with these names; of all packs where none is named.
pub fn mistakes(book: &Rulebook, only: &BTreeSet<&str>) -> Vec<ParseError> {
    let asked = |pack: &&Pack| only.is_empty() || only.contains(pack.name.as_str());
    let spaces: Vec<Space<'_>> = book.packs().iter().flat_map(spaces).collect();
    let mut found = Vec::new();
    for pack in book.packs().iter().filter(asked) {
        found.extend(pack.unasked.iter().cloned());
        found.extend(wrong_vectors(book, pack));
        found.extend(pack.rules.iter().filter(|rule| !is_shown(book, pack, rule)).map(|rule| unshown(pack, rule)));
        for space in spaces.iter().filter(|space| space.pack.name == pack.name) {
            found.extend(space.mistake(&spaces).map(|says| pack.fault(&space.rule.id, says)));
        }
    }
    found.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    found
}

/// What of an answer a rule can decide.
pub fn outcome(answer: &Assessment) -> Value {
    let findings: BTreeSet<&str> = answer.findings.iter().map(|finding| finding.code.as_str()).collect();
    json!([
        answer.verdict,
        answer.basis_verdict,
        answer.disposition,
        answer.min_process,
        findings,
        answer.duties,
        answer.missing_facts,
        answer.limits,
    ])
}

/// Whether a rule decides anything on these facts: without it the answer, or its citations, would be others.
pub fn is_decisive(book: &Rulebook, rule: &Rule, with: &Assessment, facts: &super::Facts) -> bool {
    let without = book.evaluate_without(&rule.id, facts);
    outcome(with) != outcome(&without) || with.citations != without.citations
}

fn wrong_vectors(book: &Rulebook, pack: &Pack) -> Vec<ParseError> {
    let wrong = pack.vectors.iter().filter_map(|vector| {
        let mistakes = vector.mistakes(book);
        let says = || format!("vector “{}”: {}", vector.says, mistakes.join("; "));
        (!mistakes.is_empty()).then(|| pack.fault(&vector.rule, says()))
    });
    wrong.collect()
}

fn is_shown(book: &Rulebook, pack: &Pack, rule: &Rule) -> bool {
    if rule.clock.is_some() {
        return pack.vectors_of(&rule.id).any(|vector| vector.shows_clock(&rule.id));
    }
    pack.vectors_of(&rule.id).any(|vector| is_decisive(book, rule, &book.evaluate(&vector.facts), &vector.facts))
}

fn unshown(pack: &Pack, rule: &Rule) -> ParseError {
    let says = if pack.vectors_of(&rule.id).next().is_none() {
        "no vector stands beneath it: add one that it decides, and one just beyond it"
    } else {
        "no vector beneath it turns on it, the answers are the same without it: add one that it decides"
    };
    pack.fault(&rule.id, says.to_owned())
}

/// A rule with the ways in which it can bind.
struct Space<'a> {
    pack: &'a Pack,
    rule: &'a Rule,
    ways: Vec<Way>,
}

fn spaces(pack: &Pack) -> impl Iterator<Item = Space<'_>> {
    pack.rules.iter().map(move |rule| {
        let [scope, applies_to, when, _] = rule.conditions();
        Space { pack, rule, ways: Way::all(&[pack.covered(), scope, applies_to, when]) }
    })
}

impl Space<'_> {
    fn mistake(&self, all: &[Space<'_>]) -> Option<String> {
        if self.ways.is_empty() {
            return Some("it can never bind: what it asks for contradicts itself, or what its pack covers".to_owned());
        }
        let [_, _, _, unless] = self.rule.conditions();
        let exceptions = Way::all(&[unless]);
        if self.ways.iter().all(|way| exceptions.iter().any(|out| way.lies_within(out))) {
            return Some("it can never bind: whenever what it asks for holds, its `unless` holds too".to_owned());
        }
        all.iter().filter(|other| other.rule.id != self.rule.id).find_map(|other| self.beside(other))
    }

    fn beside(&self, other: &Space<'_>) -> Option<String> {
        let together = self.rule.effective_from <= other.rule.effective_to.unwrap_or(chrono::NaiveDate::MAX)
            && other.rule.effective_from <= self.rule.effective_to.unwrap_or(chrono::NaiveDate::MAX);
        let is_within = self.ways.iter().all(|way| other.ways.iter().any(|wide| way.lies_within(wide)));
        let [_, _, _, unless] = other.rule.conditions();
        let has_exception = !Way::all(&[unless]).is_empty();
        if !together || !is_within || has_exception {
            return None;
        }
        let bars = other.rule.effect == Effect::Refuse;
        if self.rule.effect == Effect::Permit && bars && other.in_force_whenever(self) {
            return Some(format!("it permits nothing: “{}” bars all that it permits", other.rule.id));
        }
        let is_twin = self.rule.effect == other.rule.effect && self.rule.says_the_same(other.rule);
        (is_twin && self.rule.id < other.rule.id).then(|| {
            format!("it says the same as “{}” on the same days: end one before the other begins", other.rule.id)
        })
    }

    fn in_force_whenever(&self, other: &Space<'_>) -> bool {
        let last = |rule: &Rule| rule.effective_to.unwrap_or(chrono::NaiveDate::MAX);
        self.rule.effective_from <= other.rule.effective_from && last(self.rule) >= last(other.rule)
    }
}
