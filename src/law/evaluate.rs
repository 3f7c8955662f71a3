use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::condition::{Ground, Reading};
use super::duty;
use super::explain;
use super::facts::Facts;
use super::pack::{Pack, PackKind};
use super::propose;
use super::rule::{Effect, Rule};
use super::rulebook::Rulebook;
use crate::domain::assessment::{Assessment, Finding, RuleUsed};
use crate::domain::verdict::{MinProcess, Verdict};

/// Asks every rule and adds the answers up:
///
/// 1. a bar in the law stands, whatever else is unknown; then a defect of the paper;
/// 2. then whatever a person must decide;
/// 3. then any required fact that is absent: ask;
/// 4. then what a rule permits; and if none does, there is no basis.
pub fn evaluate(book: &Rulebook, facts: &Facts) -> Assessment {
    let missing = book.schema().missing(facts);
    let ground = Ground::new(book.schema(), facts, Some(&missing));
    let hearing = Hearing::hear(book, &ground, &missing);
    let (basis, verdict) = (hearing.basis(), hearing.verdict());
    Assessment {
        verdict,
        basis_verdict: Some(basis).filter(|basis| *basis != verdict),
        disposition: propose::disposition(&hearing, verdict),
        min_process: hearing.min_process(verdict),
        findings: hearing.findings(),
        duties: hearing.duties(&ground, verdict),
        citations: hearing.citations(),
        rules: hearing.rules_used(),
        facts_used: hearing.facts_used(facts),
        why: explain::why(&hearing, verdict, book.schema()),
        would_change: explain::would_change(&hearing, verdict, book.schema()),
        missing_facts: missing.iter().cloned().collect(),
        packs: book.packs().iter().map(Pack::pinned).collect(),
    }
}

/// One rule with its answer.
#[derive(Clone, Copy)]
pub struct Heard<'a> {
    /// The pack the rule stands in.
    pub pack: &'a Pack,
    /// The rule.
    pub rule: &'a Rule,
    reading: Reading,
}

/// Every rule with its answer.
pub struct Hearing<'a> {
    heard: Vec<Heard<'a>>,
    /// The required facts that are absent.
    pub missing: &'a BTreeSet<String>,
    /// Whether any pack of law speaks about this demand.
    pub is_covered: bool,
}

impl<'a> Hearing<'a> {
    fn hear(book: &'a Rulebook, ground: &Ground<'_>, missing: &'a BTreeSet<String>) -> Hearing<'a> {
        let mut heard = Vec::new();
        let mut is_covered = false;
        for pack in book.packs() {
            let covers = pack.covers(ground);
            is_covered |= pack.kind == PackKind::Law && covers != Reading::No;
            heard.extend(pack.rules.iter().map(|rule| Heard { pack, rule, reading: covers.and(rule.answer(ground)) }));
        }
        Hearing { heard, missing, is_covered }
    }

    /// The rules of one effect that are met; `defect` tells whether those about the paper or those of the law.
    pub fn met(&self, effect: Effect, defect: bool) -> impl Iterator<Item = Heard<'a>> {
        let wanted = move |one: &&Heard<'a>| {
            one.rule.effect == effect && one.rule.defect == defect && one.reading == Reading::Yes
        };
        self.heard.iter().filter(wanted).copied()
    }

    /// The rules that bore on the answer, the deciding ones first.
    pub fn bearing(&self) -> impl Iterator<Item = Heard<'a>> {
        let met = self
            .met(Effect::Refuse, false)
            .chain(self.met(Effect::Refuse, true))
            .chain(self.met(Effect::Review, false))
            .chain(self.met(Effect::Review, true))
            .chain(self.met(Effect::Permit, false))
            .chain(self.met(Effect::Note, false))
            .chain(self.met(Effect::Note, true));
        met.chain(self.asked())
    }

    fn asked(&self) -> impl Iterator<Item = Heard<'a>> {
        let is_open = |one: &&Heard<'a>| one.reading == Reading::Unknown && one.rule.effect != Effect::Note;
        self.heard.iter().filter(is_open).copied()
    }

    fn is_met(&self, effect: Effect, defect: bool) -> bool {
        self.met(effect, defect).next().is_some()
    }

    /// The verdict supposing the paper were perfect.
    fn basis(&self) -> Verdict {
        let mut bars = self.met(Effect::Refuse, false).peekable();
        if bars.peek().is_some() {
            let has_ladder = bars.all(|bar| bar.rule.instead.is_some());
            return if has_ladder { Verdict::NeedsHigherProcess } else { Verdict::Prohibited };
        }
        if !self.is_covered || self.is_met(Effect::Review, false) {
            return Verdict::ManualReview;
        }
        if self.is_met(Effect::Permit, false) || !self.missing.is_empty() {
            return Verdict::Permitted;
        }
        // An open rule without a missing fact cannot be, but if it were it would be doubt.
        if self.asked().next().is_some() { Verdict::ManualReview } else { Verdict::Prohibited }
    }

    fn verdict(&self) -> Verdict {
        let basis = self.basis();
        let is_open = !self.missing.is_empty() || self.asked().next().is_some();
        match basis {
            Verdict::Prohibited | Verdict::NeedsHigherProcess => basis,
            _ if self.is_met(Effect::Refuse, true) => Verdict::Prohibited,
            Verdict::Permitted if self.is_met(Effect::Review, true) || is_open => Verdict::ManualReview,
            _ => basis,
        }
    }

    fn min_process(&self, verdict: Verdict) -> Option<MinProcess> {
        if verdict == Verdict::NeedsHigherProcess {
            return self.met(Effect::Refuse, false).filter_map(|bar| bar.rule.instead).max();
        }
        let least = |effect| self.met(effect, false).filter_map(|one| one.rule.least);
        least(Effect::Refuse).max().or_else(|| least(Effect::Permit).min())
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        for one in self.bearing().filter(|one| one.reading == Reading::Yes) {
            for code in &one.rule.findings {
                if findings.iter().all(|known| known.code != *code) {
                    findings.push(Finding {
                        code: *code,
                        rule: one.rule.id.clone(),
                        blocks: matches!(one.rule.effect, Effect::Refuse | Effect::Review),
                        says: one.rule.says.clone(),
                        cure: one.rule.cure.clone(),
                        held_from: None,
                    });
                }
            }
        }
        // What is wrong with the paper itself leads; the sort keeps the rules' order within a class.
        findings.sort_by_key(|finding| finding.code.class());
        findings
    }

    fn duties(&self, ground: &Ground<'_>, verdict: Verdict) -> BTreeMap<String, Value> {
        let may_act = matches!(verdict, Verdict::Permitted | Verdict::ManualReview);
        let counts = |one: &Heard<'a>| one.reading == Reading::Yes && (may_act || one.rule.effect != Effect::Permit);
        let mut duties = BTreeMap::new();
        for one in self.bearing().filter(counts) {
            for (key, written) in &one.rule.duties {
                if let Some(value) = written.value(ground) {
                    let settled = match duties.remove(key) {
                        Some(known) => duty::stricter(key, known, value),
                        None => value,
                    };
                    duties.insert(key.clone(), settled);
                }
            }
        }
        duties
    }

    fn citations(&self) -> Vec<String> {
        let mut citations: Vec<String> = Vec::new();
        for cite in self.bearing().flat_map(|one| &one.rule.cites) {
            if !citations.contains(cite) {
                citations.push(cite.clone());
            }
        }
        citations
    }

    fn rules_used(&self) -> Vec<RuleUsed> {
        let used = |one: Heard<'a>| RuleUsed {
            pack: one.pack.name.clone(),
            id: one.rule.id.clone(),
            did: one.did().to_owned(),
            says: one.rule.says.clone(),
            cites: one.rule.cites.clone(),
            review_status: one.rule.review_status.clone(),
        };
        self.bearing().map(used).collect()
    }

    fn facts_used(&self, facts: &Facts) -> BTreeMap<String, Value> {
        let read = self.bearing().flat_map(|one| one.rule.paths());
        read.filter_map(|path| facts.get(&path).cloned().map(|value| (path, value))).collect()
    }
}

impl Heard<'_> {
    fn did(&self) -> &'static str {
        match (self.reading, self.rule.effect) {
            (Reading::Unknown, _) => "asked",
            (_, Effect::Permit) => "permitted",
            (_, Effect::Refuse) => "refused",
            (_, Effect::Review) => "raised",
            (_, Effect::Note) if !self.rule.duties.is_empty() => "duty",
            (_, Effect::Note) if self.rule.findings.is_empty() => "proposed",
            (_, Effect::Note) => "raised",
        }
    }
}
