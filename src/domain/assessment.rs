//! The engine's answer on one demand, as the case keeps it. The engine itself lives in `law`; the case
//! only needs to hold what was answered, under which packs, and why.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::finding::FindingCode;
use super::verdict::{Disposition, MinProcess, Verdict};

/// What the engine answered on one demand. Pinned to the exact packs it saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// The net answer for this paper, as it stands.
    pub verdict: Verdict,
    /// The verdict supposing the paper were perfect; `None` where it equals `verdict`.
    pub basis_verdict: Option<Verdict>,
    /// What the engine proposes to do.
    pub disposition: Disposition,
    /// The least process that would reach the item, where the rules name one.
    pub min_process: Option<MinProcess>,
    /// Defects and warnings by class, what is wrong with the paper itself first; each code once.
    pub findings: Vec<Finding>,
    /// Duties by key (the closed keys of the law's vocabulary), for example `user_notice`, `deadline`.
    pub duties: BTreeMap<String, Value>,
    /// What the answer does not reach of what is asked.
    #[serde(default, skip_serializing_if = "Limits::is_empty")]
    pub limits: Limits,
    /// Citations of the rules that decided, each once.
    pub citations: Vec<String>,
    /// Every rule that bore on the answer.
    pub rules: Vec<RuleUsed>,
    /// Paths of required facts nobody has looked at yet, sorted.
    pub missing_facts: Vec<String>,
    /// The facts that the deciding rules read, by path.
    pub facts_used: BTreeMap<String, Value>,
    /// The other facts that were known: with those, the answer can be had again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other_facts: BTreeMap<String, Value>,
    /// One or two sentences for people: why this verdict.
    pub why: String,
    /// What would change the verdict, in words; empty where nothing would.
    pub would_change: Vec<String>,
    /// The packs that speak about the demand: name, version, SHA-256 of the text.
    pub packs: Vec<PackRef>,
    /// All rules that were asked: the rulebook's SHA-256, lower-case hex. Empty where the answer was given before
    /// rulebooks were kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rulebook: String,
}

/// The bounds within which an answer holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// The first day that is reached, where the paper or the law bounds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// The last day that is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// The items that are reached within the data class (words of `fields_requested`); empty where all are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// A finding as raised on one demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The code of the closed list.
    pub code: FindingCode,
    /// The rule that raised it.
    pub rule: String,
    /// Whether it stops disclosure until cured.
    pub blocks: bool,
    /// What is wrong, in words.
    pub says: String,
    /// What would cure it, in words; empty where nothing can.
    pub cure: String,
    /// The first day still held, where it is a finding of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_from: Option<NaiveDate>,
}

/// One rule that bore on an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleUsed {
    /// The pack the rule stands in.
    pub pack: String,
    /// The rule's id.
    pub id: String,
    /// What it did: `refused`, `permitted`, `raised`, `asked` (a fact was unknown), `duty`, `proposed`.
    pub did: String,
    /// The rule in plain words.
    pub says: String,
    /// What it cites.
    pub cites: Vec<String>,
    /// Whether counsel has read it: `unreviewed`, or who reviewed it and when.
    pub review_status: String,
}

/// A pack pinned by name, version and hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackRef {
    /// Pack name, for example `us-federal`.
    pub pack: String,
    /// Version as the pack states it.
    pub version: String,
    /// SHA-256 over the pack's text, lower-case hex.
    pub sha256: String,
}

impl Finding {
    /// What is asked beyond retention is no longer held: it does not stop the rest.
    pub fn not_held_before(earliest: NaiveDate, kept: &str, rule: String) -> Finding {
        let says = format!("“{kept}” is kept from {earliest} on; what is asked before that day is no longer held.");
        Finding { says, held_from: Some(earliest), ..Finding::not_held(kept, rule) }
    }

    /// What no service keeps can't be given: the answer says so.
    pub fn not_held(kept: &str, rule: String) -> Finding {
        let says = format!("“{kept}”: no service of ours keeps it.");
        Finding { code: FindingCode::DataNotHeld, rule, blocks: false, says, cure: String::new(), held_from: None }
    }
}

impl Limits {
    /// Whether nothing is bounded.
    pub fn is_empty(&self) -> bool {
        *self == Limits::default()
    }
}

impl Assessment {
    /// Every fact that was known when it was given, by path.
    pub fn facts(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.facts_used.iter().chain(&self.other_facts).map(|(path, value)| (path.as_str(), value))
    }

    /// Whether any finding with this code was raised.
    pub fn has_finding(&self, code: FindingCode) -> bool {
        self.findings.iter().any(|f| f.code == code)
    }
}
