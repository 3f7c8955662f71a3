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
    /// Citations of the rules that decided, each once.
    pub citations: Vec<String>,
    /// Every rule that bore on the answer.
    pub rules: Vec<RuleUsed>,
    /// Paths of required facts nobody has looked at yet, sorted.
    pub missing_facts: Vec<String>,
    /// The facts that the deciding rules read, by path.
    pub facts_used: BTreeMap<String, Value>,
    /// One or two sentences for people: why this verdict.
    pub why: String,
    /// What would change the verdict, in words; empty where nothing would.
    pub would_change: Vec<String>,
    /// The packs asked: name, version, SHA-256 of the text.
    pub packs: Vec<PackRef>,
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

/// What stands before the day in the words of [`Finding::not_held_before`].
const KEPT_FROM: &str = "is kept from ";

impl Finding {
    /// What is asked beyond retention is no longer held: it does not stop the rest.
    pub fn not_held_before(earliest: NaiveDate, kept: &str, rule: String) -> Finding {
        let says = format!("“{kept}” {KEPT_FROM}{earliest} on; what is asked before that day is no longer held.");
        Finding { says, ..Finding::not_held(kept, rule) }
    }

    /// What no service keeps can't be given: the answer says so.
    pub fn not_held(kept: &str, rule: String) -> Finding {
        let says = format!("“{kept}”: no service of ours keeps it.");
        Finding { code: FindingCode::DataNotHeld, rule, blocks: false, says, cure: String::new() }
    }

    /// The first day still held, where it is a finding of that.
    pub fn held_from(&self) -> Option<NaiveDate> {
        let (_, rest) = self.says.rsplit_once(KEPT_FROM).filter(|_| self.code == FindingCode::DataNotHeld)?;
        rest.split(' ').next()?.parse().ok()
    }
}

impl Assessment {
    /// Whether any finding with this code was raised.
    pub fn has_finding(&self, code: FindingCode) -> bool {
        self.findings.iter().any(|f| f.code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_day_held_is_read_back_from_what_a_finding_says() {
        let day = NaiveDate::from_ymd_opt(2026, 9, 10).unwrap();
        let finding = Finding::not_held_before(day, "Session log that is kept from day to day", "catalogue 3".into());
        assert_eq!(finding.held_from(), Some(day));
        let other = Finding { code: FindingCode::Overbroad, ..finding.clone() };
        assert_eq!(other.held_from(), None);
        assert_eq!(Finding { says: "No account is ours.".into(), ..finding }.held_from(), None);
        assert_eq!(Finding::not_held("Chats", "catalogue 3".into()).held_from(), None);
    }
}
