//! The approval: what exactly would be signed, by whom it was made, and what stands behind it.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use askama::Template;

use super::approval_changes::ChangesPanel;
use super::case_beside::Checklist;
use super::case_groups::Demands;
use super::case_head::{CaseHead, DRAFTED};
use super::case_log::count;
use super::case_parts::{ByWhom, Words, grouped, short_hash};
use super::case_tabs::{DocumentLine, SecrecyLine, served};
use super::case_why::{FindingLine, all_findings};
use super::problems::{Problem, problems};
use crate::actions::approve::approve as sign;
use crate::actions::on_case::OnCase;
use crate::actions::return_draft::return_draft;
use crate::actions::sign_in::step_up_on;
use crate::actions::view_case::{Beside, CaseView, view_case_with};
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::case::Case;
use crate::domain::decision::{Approval, Draft};
use crate::domain::refusal::Refusal;
use crate::domain::second_admin::mark;
use crate::domain::staff::{Staff, Verb};
use crate::domain::stage::Gate;
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok, see_other};

/// The approval page.
#[derive(Template)]
#[template(path = "approval.html")]
struct ApprovalPage {
    frame: Frame,
    head: CaseHead,
    version: i32,
    is_sealed: bool,
    demands: Demands,
    changes: Option<ChangesPanel>,
    checklist: String,
    comments: usize,
    /// `6 demands: 3 given, 2 rejected`.
    summary: String,
    hash: String,
    hash_short: String,
    hash_grouped: String,
    drafted: ByWhom,
    editors: Vec<ByWhom>,
    approvals: Vec<Approved>,
    needed: usize,
    verified: Vec<ByWhom>,
    document: Option<DocumentLine>,
    documents: String,
    findings: Vec<FindingLine>,
    /// Cases that hang together with it, and how.
    related: Vec<(String, String)>,
    secrecy: Vec<SecrecyLine>,
    packs: String,
    can_approve: bool,
    can_return: bool,
    /// Why this person can't approve; empty where the scope is approved.
    kept: String,
    form: Form,
    problems: Vec<Problem>,
}

/// An approval that was given.
struct Approved {
    by: ByWhom,
    /// What the only admin did alone about this person just before.
    mark: Option<String>,
}

/// `GET /cases/{reference}/approval`
///
/// # Errors
/// As [`view_case_with`].
pub async fn show(visitor: Visitor, case: OfCase) -> Result<HttpResponse, WebError> {
    let view = read(&visitor, &case).await?;
    match view.case.draft().filter(|_| view.case.is_open(Gate::Decided)) {
        Some(draft) => ok(&page(&visitor, &view, draft, Form::default())),
        None => Ok(see_other(&case.href())),
    }
}

/// `POST /cases/{reference}/approve`
///
/// # Errors
/// As [`step_up_on`] and [`sign`].
pub async fn approve(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    if !fields.has("password") {
        errors.add("password", "Give your password again.");
    }
    let (seen, password) = (fields.text("scope_hash").to_owned(), fields.password("password"));
    let act = move |ctx: &Ctx, who: &SignedIn, on: &OnCase| {
        let fresh = step_up_on(ctx, who, &on.reference, &password, Verb::Approve)?;
        sign(ctx, who, on, seen, fresh)
    };
    answer(&visitor, &case, fields, errors, act).await
}

/// `POST /cases/{reference}/return`
///
/// # Errors
/// As [`return_draft`].
pub async fn send_back(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let because = fields.required_prose("because", &mut errors);
    let act = move |ctx: &Ctx, who: &SignedIn, on: &OnCase| match because {
        Some(because) => return_draft(ctx, who, on, because),
        None => Err(ActionError::invalid("because", "Fill this in.")),
    };
    answer(&visitor, &case, fields, errors, act).await
}

async fn answer(
    visitor: &Visitor,
    case: &OfCase,
    fields: Fields,
    mut errors: Errors,
    act: impl FnOnce(&Ctx, &SignedIn, &OnCase) -> Result<Case, ActionError> + Send + 'static,
) -> Result<HttpResponse, WebError> {
    if errors.is_empty() {
        let on = case.seen_in(&fields);
        let done = post_once(visitor, &fields, || async {
            visitor.run(move |ctx, who| act(ctx, who, &on)).await?;
            Ok(case.href())
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    let view = read(visitor, case).await?;
    match view.case.draft().filter(|_| view.case.is_open(Gate::Decided)) {
        Some(draft) => again(&page(visitor, &view, draft, Form::again(fields, errors))),
        None => Err(ActionError::from(Refusal::GateShut { gate: Gate::Decided, verb: Verb::Approve }).into()),
    }
}

async fn read(visitor: &Visitor, case: &OfCase) -> Result<CaseView, WebError> {
    let reference = case.0.clone();
    visitor.run(move |ctx, who| view_case_with(ctx, who, &reference, Beside::Approval)).await
}

fn page(visitor: &Visitor, view: &CaseView, draft: &Draft, form: Form) -> ApprovalPage {
    let (case, who, sealed) = (&view.case, &visitor.who().staff, view.is_sealed);
    let words = Words { names: &view.names, now: visitor.now(), ctx: &visitor.app.ctx };
    ApprovalPage {
        frame: visitor.frame(format!("Approve {}", case.reference), Place::Approvals),
        head: CaseHead::new(view, words),
        version: case.version,
        is_sealed: sealed,
        demands: Demands::whole(view, words),
        changes: ChangesPanel::new(view, words),
        checklist: Checklist::new(case, sealed, &Form::default(), words).summary(),
        comments: view.comment_count,
        summary: summary(case, draft),
        hash_short: short_hash(&draft.scope_hash),
        hash_grouped: grouped(&draft.scope_hash),
        hash: draft.scope_hash.clone(),
        drafted: words.by(draft.by, draft.at),
        editors: editors(case, words),
        approvals: approved(view, words),
        needed: usize::from(draft.approvals_needed),
        verified: case.checks.iter().filter(|c| c.confirms()).map(|c| words.by(c.by, c.at)).collect(),
        document: served(case, words).filter(|_| !sealed),
        documents: count(case.documents.len(), "document"),
        findings: all_findings(case, sealed),
        related: related(view),
        secrecy: case.secrecy.iter().map(|o| SecrecyLine::new(o, sealed, words)).collect(),
        packs: packs(case),
        can_approve: !sealed && case.keeps_from(Verb::Approve, who).is_none(),
        can_return: !sealed && case.keeps_from(Verb::Return, who).is_none(),
        kept: kept(case, who, sealed),
        problems: problems(&form.errors, &[]),
        form,
    }
}

/// Linked cases, and those that hold the same paper, each once with how it hangs together.
fn related(view: &CaseView) -> Vec<(String, String)> {
    let mut cases: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for seen in &view.links {
        cases.entry(&seen.reference).or_default().push(seen.link.kind.label());
    }
    for reference in &view.same_document {
        cases.entry(reference).or_default().push("holds the same paper, byte for byte");
    }
    cases.into_iter().map(|(reference, how)| (reference.to_owned(), how.join("; "))).collect()
}

/// Everybody who ever edited the scope, each once with the last time; none of them can approve.
fn editors(case: &Case, words: Words<'_>) -> Vec<ByWhom> {
    let mut last = std::collections::BTreeMap::new();
    for edit in &case.scope.edits {
        last.insert(edit.by, edit.at);
    }
    last.into_iter().map(|(by, at)| words.by(by, at)).collect()
}

fn approved(view: &CaseView, words: Words<'_>) -> Vec<Approved> {
    let one = |a: &Approval| Approved { by: words.by(a.by, a.at), mark: mark(&view.watches, a.by, a.at) };
    view.case.approvals().iter().map(one).collect()
}

fn summary(case: &Case, draft: &Draft) -> String {
    let given = draft.decisions.iter().filter(|d| d.kind.grants()).count();
    let others = draft.decisions.len().saturating_sub(given);
    format!("{}: {given} given, {others} not given", count(case.demands.len(), "demand"))
}

fn packs(case: &Case) -> String {
    let answers = case.assessed().map(|a| a.answers.as_slice()).unwrap_or_default();
    let names = answers.iter().flat_map(|a| a.assessment.packs.iter()).map(|p| format!("{} {}", p.pack, p.version));
    names.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
}

fn kept(case: &Case, who: &Staff, is_sealed: bool) -> String {
    if is_sealed || case.is_open(Gate::Approved) {
        return String::new();
    }
    if case.scope.was_edited_by(who.id) {
        return DRAFTED.into();
    }
    case.keeps_from(Verb::Approve, who).map(|refusal| refusal.to_string()).unwrap_or_default()
}
