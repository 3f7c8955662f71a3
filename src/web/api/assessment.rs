//! The legal-basis check: asking for it, and the engine's answer on one demand.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::Answer;
use super::act::act;
use super::body::Body;
use super::personal::{Eyes, Personal};
use crate::actions::assess_case::assess_case;
use crate::domain::assessment::{Assessment, Finding, PackRef, RuleUsed};
use crate::domain::finding::{FindingClass, FindingCode};
use crate::domain::verdict::{Disposition, MinProcess, Verdict};
use crate::web::extract::{OfCase, Visitor};

/// The engine's answer on one demand.
#[derive(Debug, Serialize)]
pub struct AssessmentJson {
    verdict: Verdict,
    basis_verdict: Option<Verdict>,
    disposition: Disposition,
    min_process: Option<MinProcess>,
    why: Personal<String>,
    would_change: Personal<Vec<String>>,
    findings: Vec<FindingJson>,
    missing_facts: Vec<String>,
    facts_used: Personal<BTreeMap<String, Value>>,
    citations: Vec<String>,
    duties: BTreeMap<String, Value>,
    rules: Vec<RuleJson>,
    packs: Vec<PackJson>,
}

#[derive(Debug, Serialize)]
struct FindingJson {
    code: FindingCode,
    class: FindingClass,
    rule: String,
    blocks: bool,
    says: Personal<String>,
    cure: Personal<String>,
}

#[derive(Debug, Serialize)]
struct RuleJson {
    pack: String,
    id: String,
    did: String,
    says: String,
    cites: Vec<String>,
    review_status: String,
}

#[derive(Debug, Serialize)]
struct PackJson {
    pack: String,
    version: String,
    sha256: String,
}

impl AssessmentJson {
    /// An answer as this person may see it.
    pub fn of(answer: &Assessment, eyes: Eyes<'_>) -> AssessmentJson {
        AssessmentJson {
            verdict: answer.verdict,
            basis_verdict: answer.basis_verdict,
            disposition: answer.disposition,
            min_process: answer.min_process,
            why: eyes.personal(answer.why.clone()),
            would_change: eyes.personal(answer.would_change.clone()),
            findings: answer.findings.iter().map(|found| finding(found, eyes)).collect(),
            missing_facts: answer.missing_facts.clone(),
            facts_used: eyes.personal(answer.facts_used.clone()),
            citations: answer.citations.clone(),
            duties: answer.duties.clone(),
            rules: answer.rules.iter().map(rule).collect(),
            packs: answer.packs.iter().map(pack).collect(),
        }
    }
}

fn finding(found: &Finding, eyes: Eyes<'_>) -> FindingJson {
    FindingJson {
        code: found.code,
        class: found.code.class(),
        rule: found.rule.clone(),
        blocks: found.blocks,
        says: eyes.personal(found.says.clone()),
        cure: eyes.personal(found.cure.clone()),
    }
}

fn rule(used: &RuleUsed) -> RuleJson {
    RuleJson {
        pack: used.pack.clone(),
        id: used.id.clone(),
        did: used.did.clone(),
        says: used.says.clone(),
        cites: used.cites.clone(),
        review_status: used.review_status.clone(),
    }
}

fn pack(asked: &PackRef) -> PackJson {
    PackJson { pack: asked.pack.clone(), version: asked.version.clone(), sha256: asked.sha256.clone() }
}

/// `POST /api/v1/cases/{reference}/assess`
///
/// # Errors
/// As [`assess_case`].
pub async fn assess(by: Visitor, of: OfCase, body: Body) -> Answer {
    act(&by, &of, body, |_| Some(()), |ctx, who, on, ()| assess_case(ctx, who, on)).await
}
