//! How mails to staff do: for admins. It says to whom and what kind, and nothing of cases.

use actix_web::HttpResponse;
use askama::Template;
use chrono::TimeDelta;

use crate::actions::view_outbox::{OutboxView, retry_mails, view_outbox};
use crate::domain::time::Instant;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::fields::Fields;
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::ok;
use crate::web::times::relative;

#[derive(Template)]
#[template(path = "outbox.html")]
struct OutboxPage {
    frame: Frame,
    state: State,
    waiting: i64,
    waiting_since: Option<String>,
    sent_today: i64,
    failed: i64,
    unreachable_people: i64,
    rows: Vec<Row>,
}

/// What the callout says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Mails were given up.
    Failed,
    /// Mails wait for longer than sending takes.
    Stuck,
    /// Nothing needs anybody.
    Well,
}

/// Mails older than this should have been sent.
const USUAL: TimeDelta = TimeDelta::minutes(10);

struct Row {
    kind: &'static str,
    to: String,
    written: String,
    attempts: i32,
    fault: &'static str,
    next: Option<String>,
}

/// `GET /outbox`
///
/// # Errors
/// A refusal for people who do not manage this Writ; when the store fails.
pub async fn show(visitor: Visitor) -> Result<HttpResponse, WebError> {
    let view = visitor.run(view_outbox).await?;
    let (counts, now) = (view.counts, visitor.now());
    let is_stuck = counts.waiting_since.is_some_and(|since| now.since(since) > USUAL);
    ok(&OutboxPage {
        frame: visitor.frame("Mail", Place::Outbox),
        state: match (counts.failed, is_stuck) {
            (1.., _) => State::Failed,
            (_, true) => State::Stuck,
            _ => State::Well,
        },
        waiting: counts.waiting,
        waiting_since: counts.waiting_since.map(|at| moment(at, now)),
        sent_today: counts.sent,
        failed: counts.failed,
        unreachable_people: counts.unreachable_people,
        rows: rows(&view, now),
    })
}

/// `POST /outbox/retry`
///
/// # Errors
/// A refusal for people who do not manage this Writ; when the store fails.
pub async fn retry(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    let act = || async {
        visitor.run(retry_mails).await?;
        Ok("/outbox".to_owned())
    };
    post_once(&visitor, &fields, act).await
}

fn rows(view: &OutboxView, now: Instant) -> Vec<Row> {
    let rows = view.stuck.iter().map(|mail| Row {
        kind: mail.kind.label(),
        to: view.names.get(&mail.to).cloned().unwrap_or_default(),
        written: moment(mail.created_at, now),
        attempts: mail.attempts,
        fault: mail.fault.map_or("", |fault| fault.label()),
        next: mail.next_at.map(|at| moment(at, now)),
    });
    rows.collect()
}

fn moment(at: Instant, now: Instant) -> String {
    format!("{at} ({})", relative(at, now))
}
