use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::dates;
use super::duty;
use super::explain;
use super::facts::Facts;
use super::ground::{Ground, Reading, Slot};
use super::holding;
use super::pack::{Pack, PackKind};
use super::propose;
use super::rule::{Effect, Rule};
use super::rulebook::Rulebook;
use crate::domain::assessment::{Assessment, Finding, Limits, RuleUsed};
use crate::domain::finding::FindingCode;
use crate::domain::verdict::{MinProcess, Verdict};

/// Asks every rule and adds the answers up:
///
/// 1. a bar in the law stands, whatever else is unknown; then a defect of the paper;
/// 2. then whatever a person must decide;
/// 3. then any required fact that is absent: ask;
/// 4. then what a rule permits; and if none does, there is no basis.
///
/// A rule may be left out, to see what it decides.
pub fn evaluate_without(book: &Rulebook, facts: &Facts, left_out: Option<&str>) -> Assessment {
    let ground = Ground::settled(book.schema(), facts);
    let hearing = Hearing::hear(book, &ground, left_out);
    let (basis, verdict) = (hearing.basis(), hearing.verdict());
    let duties = hearing.duties(&ground, verdict);
    let facts_used = hearing.facts_used(&ground);
    Assessment {
        verdict,
        basis_verdict: Some(basis).filter(|basis| *basis != verdict),
        disposition: propose::disposition(&hearing, verdict),
        min_process: hearing.min_process(verdict),
        findings: findings(&hearing, &ground),
        limits: limits(&hearing, &duties),
        duties,
        citations: hearing.citations(),
        rules: hearing.rules_used(),
        other_facts: other_facts(facts, &facts_used),
        facts_used,
        why: explain::why(&hearing, verdict, book.schema()),
        would_change: explain::would_change(&hearing, verdict, book, &ground),
        missing_facts: hearing.missing.iter().cloned().collect(),
        rulebook: book.sha256().to_owned(),
        packs: hearing.asked_packs.iter().map(|pack| pack.pinned()).collect(),
    }
}

/// The verdict alone, of many demands at a time.
pub fn verdict(book: &Rulebook, facts: &Facts) -> Verdict {
    let ground = Ground::settled(book.schema(), facts);
    Hearing::hear(book, &ground, None).verdict()
}

/// What the rules found, and what is no longer held.
fn findings(hearing: &Hearing<'_>, ground: &Ground<'_>) -> Vec<Finding> {
    let mut findings = hearing.findings();
    if findings.iter().all(|finding| finding.code != FindingCode::DataNotHeld) {
        findings.extend(holding::not_held(ground));
    }
    findings
}

fn other_facts(facts: &Facts, used: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let others = facts.iter().filter(|(path, _)| !used.contains_key(*path));
    others.map(|(path, value)| (path.to_owned(), value.clone())).collect()
}

/// What an answer does not reach: the days beside those the paper allows, the items beside those the rule lists.
fn limits(hearing: &Hearing<'_>, duties: &BTreeMap<String, Value>) -> Limits {
    let day = |key: &str| duties.get(key).and_then(Value::as_str).and_then(dates::day_of);
    let met = hearing.bearing().filter(|one| one.reading == Reading::Yes && !one.rule.fields.is_empty());
    let common =
        |so_far: Vec<String>, one: Heard<'_>| so_far.into_iter().filter(|f| one.rule.fields.contains(f)).collect();
    let mut met = met;
    let fields = met.next().map(|first| met.fold(first.rule.fields.clone(), common)).unwrap_or_default();
    Limits { from: day("production_from"), to: day("production_to"), fields }
}

/// Whether the law would permit the item on these facts, supposing the paper were perfect and whatever is not known
/// yet turned out well.
pub fn would_reach(book: &Rulebook, ground: &Ground<'_>) -> bool {
    let (mut is_covered, mut is_permitted) = (false, false);
    for pack in book.packs().iter().filter(|pack| pack.kind == PackKind::Law) {
        let covers = pack.covers(ground);
        if covers == Reading::No {
            continue;
        }
        is_covered |= pack.permits();
        for rule in pack.rules.iter().filter(|rule| !rule.defect && rule.effect != Effect::Note) {
            match (rule.effect, covers.and(rule.answer(ground))) {
                (_, Reading::No) => {}
                (Effect::Permit, _) => is_permitted = true,
                (_, Reading::Yes) => return false,
                (_, Reading::Unknown) => {}
            }
        }
    }
    is_covered && is_permitted
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

/// Every rule whose answer is not *no*.
pub struct Hearing<'a> {
    heard: Vec<Heard<'a>>,
    /// The packs that speak about this demand.
    asked_packs: Vec<&'a Pack>,
    /// The required facts that are absent.
    pub missing: &'a BTreeSet<String>,
    /// Whether any pack of law speaks about this demand.
    pub is_covered: bool,
}

impl<'a> Hearing<'a> {
    fn hear(book: &'a Rulebook, ground: &'a Ground<'_>, left_out: Option<&str>) -> Hearing<'a> {
        let (mut heard, mut asked_packs) = (Vec::new(), Vec::new());
        let mut is_covered = false;
        for pack in book.packs() {
            let covers = pack.covers(ground);
            if covers == Reading::No {
                continue;
            }
            asked_packs.push(pack);
            is_covered |= pack.kind == PackKind::Law && pack.permits();
            // Clocks run whatever the answer: they are asked for apart.
            let asked = |rule: &&Rule| rule.clock.is_none() && left_out != Some(rule.id.as_str());
            let rules = pack.rules.iter().filter(asked);
            let rules = rules.map(|rule| Heard { pack, rule, reading: covers.and(rule.answer(ground)) });
            heard.extend(rules.filter(|one| one.reading != Reading::No));
        }
        Hearing { heard, asked_packs, missing: ground.missing(), is_covered }
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

    fn facts_used(&self, ground: &Ground<'_>) -> BTreeMap<String, Value> {
        let read: BTreeSet<Slot> = self.bearing().flat_map(|one| one.rule.reads.iter().copied()).collect();
        let known = |slot| Some((ground.schema.path(slot).to_owned(), ground.get(slot)?.clone()));
        read.into_iter().filter_map(known).collect()
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
