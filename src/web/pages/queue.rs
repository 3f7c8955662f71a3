//! The queue: the cases a person works on, by lane.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::actions::list_cases::{self, QueuePage};
use crate::domain::id::CaseId;
use crate::domain::staff::initials;
use crate::domain::stage::{Compartment, Stage};
use crate::domain::time::Instant;
use crate::store::lists::{After, CaseLine, Lane};
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::frame::{Frame, Place, Step, steps};
use crate::web::page::ok;
use crate::web::times::{Due, due, relative};

/// Which part of the queue.
#[derive(Debug, Deserialize)]
pub struct Asked {
    lane: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueueTemplate {
    frame: Frame,
    heading: &'static str,
    lanes: Vec<LaneTab>,
    rows: Vec<Row>,
    next: Option<String>,
    is_first: bool,
}

struct LaneTab {
    word: &'static str,
    label: &'static str,
    count: Option<i64>,
    is_current: bool,
}

struct Row {
    line: CaseLine,
    steps: Vec<Step>,
    due: Option<Due>,
    received: String,
    who: String,
    who_name: String,
    is_restricted: bool,
    is_sealed: bool,
}

/// `GET /queue`
///
/// # Errors
/// A refusal for people who work on no cases; when the store fails.
pub async fn show(visitor: Visitor, asked: web::Query<Asked>) -> Result<HttpResponse, WebError> {
    let lane = parse_lane(asked.lane.as_deref().unwrap_or_default())?;
    let after = asked.after.as_deref().filter(|text| !text.is_empty()).map(parse_after).transpose()?;
    let shown = visitor.run(move |ctx, who| list_cases::list_cases(ctx, who, lane, after)).await?;
    let place = if lane == Lane::At(Stage::Approval) { Place::Approvals } else { Place::Queue };
    let heading = heading(lane);
    let now = visitor.now();
    ok(&QueueTemplate {
        frame: visitor.frame(heading, place),
        heading,
        lanes: lanes(lane, &shown),
        next: shown.next.map(|after| format!("/queue?lane={}&after={}", word(lane), spell_after(after))),
        rows: shown.lines.iter().map(|line| row(line, &shown, now)).collect(),
        is_first: after.is_none(),
    })
}

fn row(line: &CaseLine, shown: &QueuePage, now: Instant) -> Row {
    let who = line.drafted_by.unwrap_or(line.opened_by);
    let who_name = shown.names.get(&who).cloned().unwrap_or_default();
    Row {
        steps: steps(line.stage),
        // What is closed is late no more.
        due: line.return_by.filter(|_| line.stage != Stage::Closed).map(|day| due(day, now)),
        received: format!("{} · {}", line.received_at.day(), relative(line.received_at, now)),
        who: initials(&who_name),
        who_name,
        is_restricted: line.compartment == Compartment::Restricted,
        is_sealed: line.compartment == Compartment::NationalSecurity,
        line: line.clone(),
    }
}

fn lanes(current: Lane, shown: &QueuePage) -> Vec<LaneTab> {
    let at = |stage| shown.counts.get(&stage).copied().unwrap_or(0);
    let open: i64 = shown.counts.iter().filter(|(stage, _)| **stage != Stage::Closed).map(|(_, n)| n).sum();
    let tab = |lane, count| LaneTab { word: word(lane), label: heading(lane), count, is_current: lane == current };
    let by_stage = Stage::ALL.iter().map(|&stage| tab(Lane::At(stage), Some(at(stage))));
    [tab(Lane::Open, Some(open)), tab(Lane::Emergency, None)].into_iter().chain(by_stage).collect()
}

fn parse_lane(text: &str) -> Result<Lane, WebError> {
    match text {
        "" | "open" => Ok(Lane::Open),
        "emergency" => Ok(Lane::Emergency),
        other => other.parse().map(Lane::At).map_err(|_| WebError::NotFoundPage),
    }
}

fn word(lane: Lane) -> &'static str {
    match lane {
        Lane::Open => "open",
        Lane::Emergency => "emergency",
        Lane::At(stage) => stage.as_str(),
    }
}

fn heading(lane: Lane) -> &'static str {
    match lane {
        Lane::Open => "All open",
        Lane::Emergency => "Emergencies",
        Lane::At(Stage::Intake) => "Intake",
        Lane::At(Stage::Triage) => "Triage",
        Lane::At(Stage::Review) => "Review",
        Lane::At(Stage::Approval) => "Approval",
        Lane::At(Stage::Fulfilment) => "Fulfilment",
        Lane::At(Stage::Delivery) => "Delivery",
        Lane::At(Stage::Closed) => "Closed",
    }
}

/// `<received micros>_<uuid>`: the last line of the page before.
fn parse_after(text: &str) -> Result<After, WebError> {
    let parsed = || {
        let (micros, id) = text.split_once('_')?;
        Some(After { received_at: Instant::from_micros(micros.parse().ok()?)?, id: id.parse::<CaseId>().ok()? })
    };
    parsed().ok_or(WebError::NotFoundPage)
}

fn spell_after(after: After) -> String {
    format!("{}_{}", after.received_at.as_micros(), after.id)
}
