//! What waits for approval: for whoever looks, for others, and what came back.

use actix_web::HttpResponse;
use askama::Template;

use super::case_parts::{Moment, short_hash};
use super::case_row::{Clock, ListWords, Ring, Row};
use crate::actions::list_approvals::{ApprovalsPage, MOST, list_approvals};
use crate::domain::staff::Verb;
use crate::store::queue::CaseLine;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::frame::{Frame, Place};
use crate::web::page::ok;

#[derive(Template)]
#[template(path = "approvals.html")]
struct ApprovalsTemplate {
    frame: Frame,
    may_approve: bool,
    for_you: Vec<Scope>,
    for_others: Vec<Scope>,
    came_back: Vec<Scope>,
    erasures: i64,
    is_cut: bool,
    /// How many lines are read.
    most: usize,
}

/// A scope that waits, or a draft that came back.
struct Scope {
    row: Row,
    drafter: Option<Ring>,
    approvers: Vec<Ring>,
    needed: u8,
    hash: Option<String>,
    /// Why it is not this person's to approve.
    kept: &'static str,
    /// Who returned it, and when.
    returned: Option<(Ring, Moment)>,
}

/// `GET /approvals`
///
/// # Errors
/// A refusal for people who work on no cases; when the store fails.
pub async fn show(visitor: Visitor) -> Result<HttpResponse, WebError> {
    let read = visitor.run(list_approvals).await?;
    let words = ListWords { names: &read.names, now: visitor.now(), me: visitor.who().staff.id };
    let kept = |w: &crate::store::queue::Waiting| match (w.is_approved, w.is_edited) {
        (true, _) => "you approved it",
        (_, true) => "you drafted or edited it",
        _ => "a legal reviewer approves it",
    };
    let scope = |line: &CaseLine, kept| scope(line, kept, &read, words);
    ok(&ApprovalsTemplate {
        frame: visitor.frame("Approvals", Place::Approvals),
        may_approve: visitor.may(Verb::Approve),
        for_you: read.for_you.iter().map(|line| scope(line, "")).collect(),
        for_others: read.for_others.iter().map(|w| scope(&w.line, kept(w))).collect(),
        came_back: read.came_back.iter().map(|line| scope(line, "")).collect(),
        erasures: read.erasures,
        is_cut: read.is_cut,
        most: MOST,
    })
}

fn scope(line: &CaseLine, kept: &'static str, read: &ApprovalsPage, words: ListWords<'_>) -> Scope {
    let approvers = read.approvers.get(&line.id).map(Vec::as_slice).unwrap_or_default();
    Scope {
        drafter: line.drafted_by.map(|id| words.ring(id)),
        approvers: approvers.iter().map(|id| words.ring(*id)).collect(),
        needed: line.approvals_needed,
        hash: line.scope_hash.as_deref().map(short_hash),
        kept,
        returned: line.returned.map(|(by, at)| (words.ring(by), Moment::new(at, words.now))),
        row: Row::new(line.clone(), words),
    }
}
