//! One case as the log tells it, for auditors: its acts in order, by days, with the gates marked and refused attempts
//! among them. Personal parts stay sealed; each act leads to its entry.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;

use super::case_parts::{Moment, day};
use super::payload::Short;
use crate::actions::entries::{actor_name, kind_label};
use crate::actions::view_log::{LogAsked, LogLine, LogPage, view_log};
use crate::domain::case::CaseReference;
use crate::domain::staff::initials;
use crate::domain::time::Instant;
use crate::domain::verification::{CheckMethod, CheckResult};
use crate::store::log::LogFilter;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::frame::{Frame, Place};
use crate::web::page::{ok, see_other};

#[derive(Template)]
#[template(path = "log_timeline.html")]
struct TimelinePage {
    frame: Frame,
    reference: String,
    /// Whether the case's own page is open to this person.
    is_open: bool,
    days: Vec<Day>,
    /// Where it goes on.
    past: Option<i64>,
    is_first: bool,
}

struct Day {
    heading: String,
    acts: Vec<Act>,
}

struct Act {
    seq: i64,
    at: Moment,
    time: String,
    by: String,
    initials: String,
    is_by_writ: bool,
    label: String,
    says: String,
    /// The gate that this act opened, or led through.
    gate: Option<&'static str>,
    is_refused: bool,
    is_view: bool,
}

/// Which case, and where to go on.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    case: String,
    past: Option<i64>,
}

/// `GET /log/timeline?case=2026-000123`
///
/// # Errors
/// A refusal for people who may not read the log; not found without such a case.
pub async fn show(visitor: Visitor, asked: web::Query<Asked>) -> Result<HttpResponse, WebError> {
    let (case, past) = (CaseReference::parse(&asked.case).ok(), asked.past);
    let filter = LogFilter { after: past, is_oldest_first: true, ..LogFilter::default() };
    let of = case.clone();
    let page = visitor.run(move |ctx, who| view_log(ctx, who, LogAsked { filter, case: of, role: None })).await?;
    let Some(case) = case else { return Ok(see_other("/log")) };
    // A case of which nothing is told is none, or none that this person may know of.
    if page.lines.is_empty() {
        return Err(WebError::NotFoundPage);
    }
    ok(&TimelinePage {
        frame: visitor.frame(format!("Timeline of {case}"), Place::Log),
        reference: case.to_string(),
        is_open: page.lines.iter().filter_map(|line| line.case.as_ref()).any(|case| case.is_open),
        days: days(&page, visitor.now()),
        past: page.next,
        is_first: past.is_none(),
    })
}

fn days(page: &LogPage, now: Instant) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for line in &page.lines {
        let (heading, act) = (day(line.row.at.day()), act(line, page, now));
        match days.last_mut().filter(|day| day.heading == heading) {
            Some(day) => day.acts.push(act),
            None => days.push(Day { heading, acts: vec![act] }),
        }
    }
    days
}

fn act(line: &LogLine, page: &LogPage, now: Instant) -> Act {
    let row = &line.row;
    let by = actor_name(&row.actor, &page.names);
    Act {
        seq: row.seq,
        at: Moment::new(row.at, now),
        time: row.at.as_datetime().format("%H:%M").to_string(),
        initials: initials(&by),
        by,
        is_by_writ: row.actor.starts_with("system:"),
        label: kind_label(&row.kind).to_owned(),
        says: Short { kind: &row.kind, process: &row.process, demand: line.demand }.says(&page.names),
        gate: gate(&row.kind, &row.process),
        is_refused: row.kind == "action.refused",
        is_view: row.kind.ends_with(".viewed"),
    }
}

/// The gate that an act of this kind leads through.
fn gate(kind: &str, process: &str) -> Option<&'static str> {
    match kind {
        "requester.checked" if confirms(process) => Some("verification"),
        "case.assessed" => Some("legal basis"),
        "decision.drafted" => Some("decision"),
        "decision.approved" => Some("approval"),
        "collection.recorded" => Some("collection"),
        "production.released" => Some("release"),
        "case.closed" | "case.withdrawn" => Some("end"),
        _ => None,
    }
}

/// Whether a check of the requester confirmed them. That a mail's own marks are in order confirms nobody.
fn confirms(process: &str) -> bool {
    let process: Value = serde_json::from_str(process).unwrap_or_default();
    let says =
        |field: &str, word: &str| process.pointer(&format!("/check/{field}")).and_then(Value::as_str) == Some(word);
    says("result", CheckResult::Confirmed.as_str()) && !says("method", CheckMethod::MailAuthentication.as_str())
}
