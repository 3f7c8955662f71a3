//! Decisions, approvals and collection results: as they are answered, and deciding, approving, returning.

use serde::Serialize;

use super::Answer;
use super::act::act;
use super::body::Body;
use super::demands::MOST;
use super::personal::{Eyes, PersonJson, Personal};
use super::reader::Reader;
use crate::actions::approve::approve as sign;
use crate::actions::decide::decide as draft;
use crate::actions::return_draft::return_draft;
use crate::actions::sign_in::step_up_on;
use crate::domain::case::Case;
use crate::domain::decision::{Approval, CollectionOutcome, CollectionResult, Decision, DecisionKind};
use crate::domain::finding::FindingCode;
use crate::domain::id::{ApprovalId, DocumentId};
use crate::domain::staff::Verb;
use crate::web::extract::{OfCase, Visitor};

/// A decision on a demand.
#[derive(Debug, Serialize)]
pub struct DecisionJson {
    decision: DecisionKind,
    reason: Option<FindingCode>,
    redirect_to: Personal<Option<String>>,
    note: Personal<Option<String>>,
    override_reason: Personal<Option<String>>,
    /// Whether it goes beyond the verdict.
    is_override: bool,
}

/// What was collected for a demand.
#[derive(Debug, Serialize)]
pub struct ResultJson {
    outcome: CollectionOutcome,
    account: Personal<String>,
    files: Vec<DocumentId>,
    by: PersonJson,
    at: String,
}

/// A person's yes to one exact scope.
#[derive(Debug, Serialize)]
pub struct ApprovalJson {
    id: ApprovalId,
    scope_revision: u32,
    scope_hash: String,
    by: PersonJson,
    at: String,
}

impl DecisionJson {
    /// A decision as this person may see it.
    pub fn of(case: &Case, decision: &Decision, eyes: Eyes<'_>) -> DecisionJson {
        DecisionJson {
            decision: decision.kind,
            reason: decision.reason,
            redirect_to: eyes.text(decision.redirect_to.as_ref()),
            note: eyes.text(decision.note.as_ref()),
            override_reason: eyes.text(decision.override_reason.as_ref()),
            is_override: case.is_override(decision),
        }
    }
}

impl ResultJson {
    /// A result as this person may see it.
    pub fn of(result: &CollectionResult, eyes: Eyes<'_>) -> ResultJson {
        ResultJson {
            outcome: result.outcome,
            account: eyes.personal(result.account.to_string()),
            files: result.files.clone(),
            by: eyes.person(result.by),
            at: result.at.for_machines(),
        }
    }
}

impl ApprovalJson {
    /// An approval.
    pub fn of(approval: &Approval, eyes: Eyes<'_>) -> ApprovalJson {
        ApprovalJson {
            id: approval.id,
            scope_revision: approval.scope_revision,
            scope_hash: approval.scope_hash.clone(),
            by: eyes.person(approval.by),
            at: approval.at.for_machines(),
        }
    }
}

/// `POST /api/v1/cases/{reference}/decision`: a demand that is not named stays as it is.
///
/// # Errors
/// As [`draft`].
pub async fn decide(by: Visitor, of: OfCase, body: Body) -> Answer {
    act(&by, &of, body, |r| r.objects("decisions", MOST, read_decision), draft).await
}

fn read_decision(r: &mut Reader<'_>) -> Option<Decision> {
    let (demand, kind, reason) = (r.id("demand"), r.word::<DecisionKind>("decision"), r.optional_word("reason"));
    let (redirect_to, note, override_reason) = (r.line("redirect_to"), r.line("note"), r.prose("override_reason"));
    match kind {
        Some(DecisionKind::Reject) if r.value("reason").is_none() => {
            r.wrong("reason", "Give the reason code of the rejection.");
        }
        Some(DecisionKind::Redirect) if r.value("redirect_to").is_none() => {
            r.wrong("redirect_to", "Say whom the requester is sent to.");
        }
        _ => {}
    }
    // What a kind of decision has no place for was meant for another kind.
    let misplaced = [
        ("reason", "Only a rejection has a reason code.", kind == Some(DecisionKind::Reject)),
        ("redirect_to", "Only a redirect names somebody.", kind == Some(DecisionKind::Redirect)),
        ("override_reason", "Only a grant can go beyond a verdict.", kind.is_some_and(DecisionKind::grants)),
    ];
    for (name, why, _) in misplaced.iter().filter(|(_, _, fits)| !fits && kind.is_some()) {
        if r.value(name).is_some() {
            r.wrong(name, why);
        }
    }
    Some(Decision { demand: demand?, kind: kind?, reason, redirect_to, note, override_reason })
}

/// `POST /api/v1/cases/{reference}/approve`: needs the password again.
///
/// # Errors
/// As [`step_up_on`] and [`sign`].
pub async fn approve(by: Visitor, of: OfCase, body: Body) -> Answer {
    let read = |r: &mut Reader<'_>| r.required_line("scope_hash").zip(r.password("password"));
    let sign = act(&by, &of, body, read, |ctx, who, on, (seen, password)| {
        let fresh = step_up_on(ctx, who, &on.reference, &password, Verb::Approve)?;
        sign(ctx, who, on, seen.to_string(), fresh)
    });
    sign.await
}

/// `POST /api/v1/cases/{reference}/return`
///
/// # Errors
/// As [`return_draft`].
pub async fn send_back(by: Visitor, of: OfCase, body: Body) -> Answer {
    act(&by, &of, body, |r| r.required_prose("because"), return_draft).await
}
