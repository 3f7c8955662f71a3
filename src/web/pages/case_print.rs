//! A case on paper: all of it on one page, in the order in which it is read, without a form.

use actix_web::HttpResponse;
use askama::Template;

use super::case_beside::{Checklist, RedirectPanel, WaitPanel};
use super::case_clocks::ClockLine;
use super::case_groups::Demands;
use super::case_head::CaseHead;
use super::case_log::Timeline;
use super::case_parts::Words;
use super::case_requester::RequesterTab;
use super::case_tabs::{DocumentLine, SecrecyLine};
use super::case_why::{FindingLine, all_findings};
use crate::actions::view_case::{Beside, CaseView, view_case_with};
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::Form;
use crate::web::frame::{Frame, Place};
use crate::web::page::ok;

/// The whole case.
#[derive(Template)]
#[template(path = "case_print.html")]
struct CasePrint {
    frame: Frame,
    head: CaseHead,
    is_sealed: bool,
    next: String,
    requester: RequesterTab,
    clocks: Vec<ClockLine>,
    demands: Demands,
    findings: Vec<FindingLine>,
    wait: Option<WaitPanel>,
    redirect: Option<RedirectPanel>,
    secrecy: Vec<SecrecyLine>,
    checklist: Checklist,
    documents: Vec<DocumentLine>,
    timeline: Timeline,
}

/// `GET /cases/{reference}/print`
///
/// # Errors
/// As [`view_case_with`].
pub async fn show(visitor: Visitor, case: OfCase) -> Result<HttpResponse, WebError> {
    let reference = case.0.clone();
    let view = visitor.run(move |ctx, who| view_case_with(ctx, who, &reference, Beside::Log)).await?;
    ok(&page(&visitor, &view))
}

fn page(visitor: &Visitor, view: &CaseView) -> CasePrint {
    let (case, sealed) = (&view.case, view.is_sealed);
    let words = Words { names: &view.names, now: visitor.now(), ctx: &visitor.app.ctx };
    CasePrint {
        frame: visitor.frame(format!("{} on paper", case.reference), Place::Queue),
        head: CaseHead::new(view, words),
        is_sealed: sealed,
        next: case.next_step().says(),
        requester: RequesterTab::new(view, words),
        clocks: ClockLine::all(case, sealed, words),
        demands: Demands::whole(view, words),
        findings: all_findings(case, sealed),
        wait: case.wait.as_ref().map(|wait| WaitPanel::new(wait, sealed, words)),
        redirect: RedirectPanel::new(view, words),
        secrecy: case.secrecy.iter().map(|order| SecrecyLine::new(order, sealed, words)).collect(),
        checklist: Checklist::new(case, sealed, &Form::default(), words),
        documents: case.documents.iter().map(|d| DocumentLine::new(d, sealed, words).of(case, d)).collect(),
        timeline: Timeline::new(view, words, None),
    }
}
