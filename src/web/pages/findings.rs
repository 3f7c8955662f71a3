//! Findings of auditors: all there are, and one, or a note, with its words and what was said to it.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::case_parts::Moment;
use crate::actions::audit_notes::{NoteSeen, answer_finding, close_finding, list_findings, view_finding};
use crate::domain::audit_note::{FindingStatus, Severity};
use crate::domain::id::{AuditNoteId, StaffId};
use crate::domain::staff::Verb;
use crate::domain::time::Instant;
use crate::web::WebError;
use crate::web::extract::{Visitor, WithId};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok};

#[derive(Template)]
#[template(path = "findings.html")]
struct FindingsPage {
    frame: Frame,
    cards: Vec<NoteCard>,
    is_all: bool,
}

#[derive(Template)]
#[template(path = "finding.html")]
struct FindingPage {
    frame: Frame,
    form: Form,
    card: NoteCard,
    answers: Vec<Said>,
    may_answer: bool,
    may_close: bool,
    reads_log: bool,
}

/// A note or finding as it is shown.
pub struct NoteCard {
    /// Identity.
    pub id: String,
    /// How grave, in words; none for a note.
    pub severity: Option<&'static str>,
    /// The tone of that.
    pub tone: &'static str,
    /// How it stands, in words.
    pub status: &'static str,
    /// Whether an auditor closed it.
    pub is_closed: bool,
    /// The case, and whether its page is open to this person.
    pub case: Option<(String, bool)>,
    /// The entry.
    pub entry: Option<i64>,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: Moment,
    /// Its words, where they are read.
    pub text: Option<String>,
}

struct Said {
    by: String,
    at: Moment,
    is_closing: bool,
    text: Option<String>,
}

/// Which findings are asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    show: String,
}

impl NoteCard {
    /// A note or finding for this moment.
    pub fn of(note: &NoteSeen, names: &BTreeMap<StaffId, String>, now: Instant) -> NoteCard {
        let row = &note.row;
        NoteCard {
            id: row.id.to_string(),
            severity: row.severity.map(Severity::label),
            tone: match row.severity {
                Some(Severity::Breach) => "bad",
                Some(Severity::Deviation) => "warn",
                _ => "",
            },
            status: row.status.map_or("", FindingStatus::label),
            is_closed: row.status == Some(FindingStatus::Closed),
            case: note.case.as_ref().map(|case| (case.reference.to_string(), case.is_open)),
            entry: row.entry,
            by: names.get(&row.by).cloned().unwrap_or_default(),
            at: Moment::new(row.at, now),
            text: note.text.clone(),
        }
    }
}

/// `GET /findings`
///
/// # Errors
/// A refusal for people who may not read findings.
pub async fn show(visitor: Visitor, asked: web::Query<Asked>) -> Result<HttpResponse, WebError> {
    let is_all = asked.show == "all";
    let (found, names) = visitor.run(move |ctx, who| list_findings(ctx, who, !is_all)).await?;
    let cards = found.iter().map(|note| NoteCard::of(note, &names, visitor.now())).collect();
    ok(&FindingsPage { frame: visitor.frame("Audit findings", Place::Findings), cards, is_all })
}

/// `GET /findings/{id}`
///
/// # Errors
/// As [`view_finding`].
pub async fn one(visitor: Visitor, finding: WithId<AuditNoteId>) -> Result<HttpResponse, WebError> {
    ok(&page(&visitor, finding.0, Form::default()).await?)
}

/// `POST /findings/{id}/answer`
///
/// # Errors
/// As [`answer_finding`].
pub async fn answer(visitor: Visitor, finding: WithId<AuditNoteId>, fields: Fields) -> Result<HttpResponse, WebError> {
    say(&visitor, finding.0, fields, false).await
}

/// `POST /findings/{id}/close`
///
/// # Errors
/// As [`close_finding`].
pub async fn close(visitor: Visitor, finding: WithId<AuditNoteId>, fields: Fields) -> Result<HttpResponse, WebError> {
    say(&visitor, finding.0, fields, true).await
}

async fn say(visitor: &Visitor, id: AuditNoteId, fields: Fields, closes: bool) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    if let Some(text) = fields.required_prose("text", &mut errors) {
        let done = post_once(visitor, &fields, || async {
            let say = if closes { close_finding } else { answer_finding };
            visitor.run(move |ctx, who| say(ctx, who, id, text)).await?;
            Ok(format!("/findings/{id}"))
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again(&page(visitor, id, Form::again(fields, errors)).await?)
}

async fn page(visitor: &Visitor, id: AuditNoteId, form: Form) -> Result<FindingPage, WebError> {
    let (found, names) = visitor.run(move |ctx, who| view_finding(ctx, who, id)).await?;
    let now = visitor.now();
    let said = found.answers.iter().map(|(answer, text)| Said {
        by: names.get(&answer.by).cloned().unwrap_or_default(),
        at: Moment::new(answer.at, now),
        is_closing: answer.status == FindingStatus::Closed,
        text: text.clone(),
    });
    Ok(FindingPage {
        answers: said.collect(),
        card: NoteCard::of(&found, &names, now),
        may_answer: found.may_answer,
        may_close: found.may_close,
        reads_log: visitor.may(Verb::ReadLog),
        frame: visitor
            .frame(if found.row.severity.is_some() { "Audit finding" } else { "Audit note" }, Place::Findings),
        form,
    })
}
