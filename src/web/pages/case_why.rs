//! The engine's answer on one demand, taken apart for people: why, by which rules, on which facts, and what
//! would change it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::case_parts::{Chip, Words, short_hash};
use super::fact_fields::{field_of, href_of_other};
use super::why_words;
use crate::domain::assessment::{Assessment, Finding};
use crate::domain::case::Case;
use crate::domain::demand::{Demand, numbered};

/// Why a demand got its verdict. What is personal is left out where the viewer sees it sealed.
pub struct Why {
    /// What the summary names: citations.
    pub cite: String,
    /// One or two sentences; `None` where sealed.
    pub why: Option<String>,
    /// What the engine proposes.
    pub proposes: &'static str,
    /// The least process that would reach the item.
    pub least: Option<&'static str>,
    /// The verdict, were the paper perfect.
    pub basis: Option<&'static str>,
    /// Where every rule that was asked is told of.
    pub asked_href: String,
    /// Rules that bore on the answer.
    pub rules: Vec<RuleLine>,
    /// Facts the rules read, with their values; empty where sealed.
    pub facts: Vec<FactLine>,
    /// Codes of the findings on this demand; what they say stands once on the page, beside the demands.
    pub findings: Vec<&'static str>,
    /// What would change the verdict.
    pub changes: Vec<String>,
    /// Facts nobody has looked at yet.
    pub missing: Vec<MissingLine>,
    /// Duties that follow, as sentences.
    pub duties: Vec<String>,
    /// The packs asked.
    pub packs: Vec<PackLine>,
}

/// One fact a verdict rests on.
pub struct FactLine {
    /// What it is: as its form calls it, where it has a field.
    pub says: String,
    /// Its value.
    pub value: String,
    /// Where it is mended.
    pub href: Option<String>,
}

/// One fact that nobody has looked at.
pub struct MissingLine {
    /// What it is.
    pub says: String,
    /// Whether it is about the demand; else about the paper.
    pub is_of_demand: bool,
    /// The field to fill in.
    pub href: String,
}

/// One rule.
pub struct RuleLine {
    /// Its id.
    pub id: String,
    /// What it did.
    pub did: String,
    /// In plain words.
    pub says: String,
    /// What it cites.
    pub cites: String,
    /// Its pack with the version asked.
    pub pack: String,
    /// Whether counsel has read it.
    pub review: String,
}

/// One pack.
pub struct PackLine {
    /// Name and version.
    pub name: String,
    /// Its hash in short.
    pub hash: String,
}

/// One finding, with the demands it was raised on.
pub struct FindingLine {
    /// Tone class.
    pub tone: &'static str,
    /// Glyph.
    pub icon: &'static str,
    /// The code.
    pub code: &'static str,
    /// Its class of the taxonomy.
    pub class: &'static str,
    /// What is wrong; the code's own words where sealed.
    pub says: String,
    /// What would cure it.
    pub cure: String,
    /// Whether it stops disclosure.
    pub blocks: bool,
    /// Numbers of the demands it was raised on.
    pub on: Vec<u32>,
}

impl Why {
    /// The answer on a demand of a case taken apart.
    pub fn new(answer: &Assessment, (case, demand): (&Case, &Demand), is_sealed: bool, words: Words<'_>) -> Why {
        let version = |pack: &str| answer.packs.iter().find(|p| p.pack == pack).map(|p| p.version.clone());
        Why {
            cite: cited_first(&answer.citations),
            why: (!is_sealed).then(|| answer.why.clone()),
            proposes: answer.disposition.label(),
            least: answer.min_process.map(|p| p.label()),
            basis: answer.basis_verdict.filter(|b| *b != answer.verdict).map(|b| b.label()),
            asked_href: format!("/cases/{}/demands/{}/rules", case.reference, demand.id),
            rules: answer
                .rules
                .iter()
                .map(|rule| RuleLine {
                    id: rule.id.clone(),
                    did: rule.did.clone(),
                    says: rule.says.clone(),
                    cites: rule.cites.join("; "),
                    pack: format!("{} {}", rule.pack, version(&rule.pack).unwrap_or_default()),
                    review: rule.review_status.clone(),
                })
                .collect(),
            facts: if is_sealed { Vec::new() } else { facts(&answer.facts_used, (case, demand), words) },
            findings: answer.findings.iter().map(|f| f.code.as_str()).collect(),
            changes: if is_sealed { Vec::new() } else { changes(answer, words) },
            missing: answer.missing_facts.iter().map(|path| missing(path, (case, demand), words)).collect(),
            duties: answer.duties.iter().map(|(key, value)| why_words::duty(key, value)).collect(),
            packs: answer
                .packs
                .iter()
                .map(|p| PackLine { name: format!("{} {}", p.pack, p.version), hash: short_hash(&p.sha256) })
                .collect(),
        }
    }
}

impl FindingLine {
    fn new(finding: &Finding, position: u32, is_sealed: bool) -> FindingLine {
        let (tone, icon) = if finding.blocks { ("bad", "cross") } else { ("warn", "warn") };
        FindingLine {
            tone,
            icon,
            code: finding.code.as_str(),
            class: finding.code.class().as_str(),
            says: if is_sealed { finding.code.label().into() } else { finding.says.clone() },
            cure: if is_sealed { String::new() } else { finding.cure.clone() },
            blocks: finding.blocks,
            on: vec![position],
        }
    }

    /// The demands in words.
    pub fn on_words(&self) -> String {
        format!("{} {}", if self.blocks { "blocks" } else { "on" }, numbered(&self.on))
    }
}

/// The first citation, and how many more the rules below give.
fn cited_first(all: &[String]) -> String {
    match all {
        [] => "no citation".into(),
        [only] => only.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

/// All findings of a case, each once, with the demands they were raised on; those that block first.
pub fn all_findings(case: &Case, is_sealed: bool) -> Vec<FindingLine> {
    let mut all: Vec<FindingLine> = Vec::new();
    for demand in &case.demands {
        let Some(answer) = case.assessed().and_then(|a| a.on(demand.id)) else { continue };
        for finding in &answer.findings {
            let line = FindingLine::new(finding, demand.position, is_sealed);
            match all.iter_mut().find(|f| f.code == line.code && f.says == line.says && f.blocks == line.blocks) {
                Some(known) if !known.on.contains(&demand.position) => known.on.push(demand.position),
                Some(_) => {}
                None => all.push(line),
            }
        }
    }
    all.sort_by_key(|f| !f.blocks);
    all
}

/// What stands in the place of the verdict before the check was run.
pub fn not_assessed() -> Chip {
    Chip::new("verdict plain", "ring", "not checked yet")
}

fn facts(of: &BTreeMap<String, Value>, (case, demand): (&Case, &Demand), words: Words<'_>) -> Vec<FactLine> {
    let (reference, id) = (case.reference.as_str(), demand.id.to_string());
    let line = |(path, value): (&String, &Value)| {
        let (field, value) = (field_of(path), why_words::fact_value(path, value));
        match field {
            Some(field) => FactLine { says: field.label.into(), value, href: Some(field.href(reference, &id)) },
            None => {
                let href = case.paper.more.contains_key(path).then(|| href_of_other(reference, path));
                FactLine { says: words.fact(path), value, href }
            }
        }
    };
    of.iter().map(line).collect()
}

/// A fact that nobody has looked at, with where it is given.
pub(super) fn missing(path: &str, (case, demand): (&Case, &Demand), words: Words<'_>) -> MissingLine {
    let reference = case.reference.as_str();
    match field_of(path) {
        Some(field) => MissingLine {
            says: field.label.into(),
            is_of_demand: field.is_of_demand,
            href: field.href(reference, &demand.id.to_string()),
        },
        None => MissingLine { says: words.fact(path), is_of_demand: false, href: href_of_other(reference, path) },
    }
}

fn changes(answer: &Assessment, words: Words<'_>) -> Vec<String> {
    let is_path = |path: &str| words.ctx.rulebook().schema().fact(path).is_some();
    answer.would_change.iter().map(|way| why_words::change(way, is_path)).collect()
}

/// A path of the law's vocabulary with blanks for underscores, as people read it.
pub fn path_words(path: &str) -> String {
    path.replace('_', " ").replace('.', ": ")
}

/// A fact's value as people read it.
pub fn value_words(value: &Value) -> String {
    match value {
        Value::Null => "none".into(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::String(text) => text.replace('_', " "),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => items.iter().map(value_words).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            map.iter().map(|(k, v)| format!("{} {}", path_words(k), value_words(v))).collect::<Vec<_>>().join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_said_in_words() {
        assert_eq!(value_words(&json!(null)), "none");
        assert_eq!(
            value_words(&json!({"due_on": "2026-12-13", "by": ["a_b", true]})),
            "by a b, yes, due on 2026-12-13"
        );
        assert_eq!(path_words("ndo.court_ordered"), "ndo: court ordered");
    }
}
