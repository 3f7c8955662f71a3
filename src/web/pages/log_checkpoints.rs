//! Signed checkpoints of the log, and which witnesses have seen them.

use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentDisposition};
use actix_web::web;
use askama::Template;

use super::case_parts::Moment;
use super::thousands;
use crate::actions::ActionError;
use crate::actions::witnesses::{Checkpoints, Witnessed, accept_from, view_checkpoint, view_checkpoints};
use crate::domain::time::Instant;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::page::{again, ok, see_other};

#[derive(Template)]
#[template(path = "log_checkpoints.html")]
struct CheckpointsPage {
    frame: Frame,
    form: Form,
    size: String,
    last: Vec<Line>,
    accepted: Vec<String>,
}

/// A checkpoint.
struct Line {
    number: u64,
    size: String,
    at: Moment,
    by: Vec<Seen>,
}

/// A witness who saw it.
struct Seen {
    witness: String,
    at: Option<Moment>,
}

/// `GET /log/checkpoints`
///
/// # Errors
/// A refusal for people who may not read the log.
pub async fn show(visitor: Visitor) -> Result<HttpResponse, WebError> {
    ok(&page(&visitor, Form::default()).await?)
}

/// `POST /log/checkpoints`: a checkpoint that came back from a witness.
///
/// # Errors
/// A refusal for people who may not verify the log; the form again when it is none.
pub async fn take_in(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    let note = fields.text("note").to_owned();
    match visitor.run(move |ctx, who| accept_from(ctx, who, &note)).await {
        Ok(_) => Ok(see_other("/log/checkpoints")),
        Err(WebError::Action(ActionError::Invalid(errors))) => {
            again(&page(&visitor, Form::again(fields, Errors::from(errors))).await?)
        }
        Err(error) => Err(error),
    }
}

/// `GET /log/checkpoints/{size}`: the note, to be kept elsewhere.
///
/// # Errors
/// A refusal for people who may not read the log; not found where none covers so many entries.
pub async fn note(visitor: Visitor, size: web::Path<String>) -> Result<HttpResponse, WebError> {
    // None covers what is no number either.
    let size = size.parse().unwrap_or(u64::MAX);
    let note = visitor.run(move |ctx, who| view_checkpoint(ctx, who, size)).await?;
    let name = format!("checkpoint-{size:012}.txt");
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, ContentDisposition::attachment(name)))
        .body(note))
}

async fn page(visitor: &Visitor, form: Form) -> Result<CheckpointsPage, WebError> {
    let Checkpoints { size, last, accepted } = visitor.run(view_checkpoints).await?;
    let now = visitor.now();
    Ok(CheckpointsPage {
        frame: visitor.frame("Checkpoints", Place::Log),
        form,
        size: thousands(size),
        last: last.into_iter().map(|one| line(one, now)).collect(),
        accepted,
    })
}

fn line(one: Witnessed, now: Instant) -> Line {
    let moment = |at: u64| {
        let micros = i64::try_from(at).ok()?.checked_mul(1_000_000)?;
        Instant::from_micros(micros).map(|at| Moment::new(at, now))
    };
    Line {
        number: one.size,
        size: thousands(i64::try_from(one.size).unwrap_or(i64::MAX)),
        at: Moment::new(one.at, now),
        by: one.by.into_iter().map(|seen| Seen { witness: seen.witness, at: moment(seen.at) }).collect(),
    }
}
