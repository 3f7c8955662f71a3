//! A whole case on one page that needs nothing else: no server, no script, no other file.

use askama::Template;

use super::case_beside::{Checklist, CommentLine, LinkLine, RedirectPanel, WaitPanel};
use super::case_clocks::ClockLine;
use super::case_head::CaseHead;
use super::case_log::Timeline;
use super::case_parts::{ByWhom, Words, grouped};
use super::case_requester::RequesterTab;
use super::case_review::{DemandLine, line};
use super::case_tabs::{DocumentLine, SecrecyLine};
use super::case_why::{FindingLine, all_findings};
use super::thousands;
use crate::actions::Ctx;
use crate::actions::export_archive::TakenCase;
use crate::domain::stage::Compartment;
use crate::web::fields::Form;

/// The page.
#[derive(Template)]
#[template(path = "archive_summary.html")]
pub struct ArchiveSummary {
    head: CaseHead,
    stage: &'static str,
    compartment: &'static str,
    is_national_security: bool,
    opened: ByWhom,
    taken: ByWhom,
    because: String,
    seq: i64,
    origin: String,
    log_size: String,
    next: String,
    requester: RequesterTab,
    demands: Vec<DemandLine>,
    findings: Vec<FindingLine>,
    draft: Option<DraftLine>,
    approvals: Vec<ApprovalLine>,
    released: Option<ReleaseLine>,
    closed: Option<(ByWhom, &'static str, Option<String>)>,
    clocks: Vec<ClockLine>,
    wait: Option<WaitPanel>,
    redirect: Option<RedirectPanel>,
    secrecy: Vec<SecrecyLine>,
    checklist: Checklist,
    documents: Vec<Paper>,
    /// How many documents the case had that are not there any more.
    erased: usize,
    comments: Vec<CommentLine>,
    links: Vec<LinkLine>,
    timeline: Timeline,
}

struct DraftLine {
    by: ByWhom,
    scope: String,
    needed: u8,
}

struct ApprovalLine {
    by: ByWhom,
    scope: String,
    /// Whether it approves the draft as it stands above.
    fits: bool,
}

struct ReleaseLine {
    by: ByWhom,
    to: String,
    method: &'static str,
    files: u32,
    manifest: String,
}

struct Paper {
    /// Its place in the archive.
    name: String,
    /// Whether a browser only shows it, whatever is in it.
    is_shown: bool,
    bytes: String,
    line: DocumentLine,
}

impl ArchiveSummary {
    /// A case as it is taken away.
    pub fn new(taken: &TakenCase, ctx: &Ctx) -> ArchiveSummary {
        let view = &taken.view;
        let case = &view.case;
        let words = Words { names: &view.names, now: taken.at, ctx };
        ArchiveSummary {
            head: CaseHead::new(view, words),
            stage: case.stage().label(),
            compartment: case.compartment.label(),
            is_national_security: case.compartment == Compartment::NationalSecurity,
            opened: words.by(case.opened_by, case.opened_at),
            taken: words.by(taken.by, taken.at),
            because: taken.because.to_string(),
            seq: taken.seq,
            origin: ctx.log.origin.clone(),
            log_size: thousands(i64::try_from(taken.size).unwrap_or(i64::MAX)),
            next: case.next_step().says(),
            requester: RequesterTab::new(view, words),
            demands: case.demands.iter().map(|demand| line(view, demand, words)).collect(),
            findings: all_findings(case, false),
            draft: case.draft().map(|draft| DraftLine {
                by: words.by(draft.by, draft.at),
                scope: grouped(&draft.scope_hash),
                needed: draft.approvals_needed,
            }),
            approvals: approvals(taken, words),
            released: case.released().map(|release| ReleaseLine {
                by: words.by(release.by, release.at),
                to: release.to.to_string(),
                method: release.method.label(),
                files: release.files,
                manifest: release.manifest_sha256.clone(),
            }),
            closed: case.closing().map(|closing| {
                let note = closing.note.as_ref().map(ToString::to_string);
                (words.by(closing.by, closing.at), closing.outcome.label(), note)
            }),
            clocks: ClockLine::all(case, false, words),
            wait: case.wait.as_ref().map(|wait| WaitPanel::new(wait, false, words)),
            redirect: RedirectPanel::new(view, words),
            secrecy: case.secrecy.iter().map(|order| SecrecyLine::new(order, false, words)).collect(),
            checklist: Checklist::new(case, false, &Form::default(), words),
            documents: papers(taken, words),
            erased: case.documents.len().saturating_sub(taken.documents.len()),
            comments: view.comments.iter().map(|comment| CommentLine::new(comment, false, words)).collect(),
            links: view.links.iter().map(|link| LinkLine::new(link, false, words)).collect(),
            timeline: Timeline::whole(view, words),
        }
    }
}

fn approvals(taken: &TakenCase, words: Words<'_>) -> Vec<ApprovalLine> {
    let case = &taken.view.case;
    let drafted = case.draft().map(|draft| draft.scope_hash.as_str());
    let line = |approval: &crate::domain::decision::Approval| ApprovalLine {
        by: words.by(approval.by, approval.at),
        scope: grouped(&approval.scope_hash),
        fits: drafted == Some(approval.scope_hash.as_str()),
    };
    case.approvals().iter().map(line).collect()
}

/// Documents that browsers show as they are, without doing what is written in them.
const SHOWN: [&str; 5] = ["application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"];

fn papers(taken: &TakenCase, words: Words<'_>) -> Vec<Paper> {
    let paper = |(name, document): &(String, crate::domain::document::Document)| Paper {
        name: name.clone(),
        is_shown: SHOWN.contains(&document.media_type.as_str()),
        bytes: thousands(i64::try_from(document.size).unwrap_or(i64::MAX)),
        line: DocumentLine::new(document, false, words).of(&taken.view.case, document),
    };
    taken.documents.iter().map(paper).collect()
}
