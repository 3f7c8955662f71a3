//! Cases: the queue, opening one, reading one with its log, mending its paper.

use actix_web::http::StatusCode;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;

use super::act::{StandingJson, act};
use super::body::{Asked, Body};
use super::case_json::CaseJson;
use super::demands::{MOST, read_asked};
use super::once::{Done, answer_once};
use super::paper::{errors_at_paper, read_paper};
use super::personal::{Eyes, PersonJson, Personal};
use super::reader::Reader;
use super::{Answer, ok};
use crate::actions::Ctx;
use crate::actions::amend_case::amend_case;
use crate::actions::entries::{actor_name, kind_label};
use crate::actions::list_cases::{PAGE, list_cases};
use crate::actions::open_case::{OpenCase, open_case};
use crate::actions::view_case::{CaseView, view_case};
use crate::domain::instrument::Instrument;
use crate::domain::outcome::Outcome;
use crate::domain::stage::{Compartment, Stage};
use crate::domain::time::Instant;
use crate::store::lists::{After, CaseLine, Lane};
use crate::web::extract::{OfCase, Visitor};

/// A page of the queue.
#[derive(Serialize)]
struct CasesJson {
    cases: Vec<CaseLineJson>,
    /// What to send as `after` for the next page; `null` on the last.
    next: Option<String>,
    /// How many of the own cases stand at each stage.
    counts: BTreeMap<Stage, i64>,
}

#[derive(Serialize)]
struct CaseLineJson {
    reference: String,
    stage: Stage,
    compartment: Compartment,
    instrument: Instrument,
    is_emergency: bool,
    agency: String,
    country: String,
    received_at: String,
    return_by: Option<NaiveDate>,
    outcome: Option<Outcome>,
    opened_by: PersonJson,
    drafted_by: Option<PersonJson>,
    demands: i64,
}

/// `GET /api/v1/cases`
///
/// # Errors
/// As [`list_cases`].
pub async fn list(by: Visitor, asked: Asked) -> Answer {
    let (lane, after, limit) = asked.read(|r| {
        let (lane, after) = (read_lane(r), read_after(r));
        Some((lane?, after?, limit(r, PAGE)?))
    })?;
    let mut page = by.run(move |ctx, who| list_cases(ctx, who, lane, after)).await?;
    let has_more = page.next.is_some() || page.lines.len() > limit;
    page.lines.truncate(limit);
    let next =
        page.lines.last().filter(|_| has_more).map(|line| format!("{}_{}", line.received_at.as_micros(), line.id));
    let eyes = Eyes { is_sealed: false, names: &page.names };
    let cases = page.lines.iter().map(|line| case_line(line, eyes)).collect();
    Ok(ok(&CasesJson { cases, next, counts: page.counts }))
}

fn case_line(line: &CaseLine, eyes: Eyes<'_>) -> CaseLineJson {
    CaseLineJson {
        reference: line.reference.clone(),
        stage: line.stage,
        compartment: line.compartment,
        instrument: line.instrument,
        is_emergency: line.is_emergency,
        agency: line.agency.clone(),
        country: line.country.clone(),
        received_at: line.received_at.for_machines(),
        return_by: line.return_by,
        outcome: line.outcome,
        opened_by: eyes.person(line.opened_by),
        drafted_by: line.drafted_by.map(|id| eyes.person(id)),
        demands: line.demands,
    }
}

fn read_lane(r: &mut Reader<'_>) -> Option<Lane> {
    match r.text("lane").unwrap_or("open") {
        "open" => Some(Lane::Open),
        "emergency" => Some(Lane::Emergency),
        stage => match stage.parse() {
            Ok(stage) => Some(Lane::At(stage)),
            Err(_) => {
                r.wrong("lane", "Give open, emergency, or a stage.");
                None
            }
        },
    }
}

/// The last line of the page before: its service date in microseconds, and its id.
fn read_after(r: &mut Reader<'_>) -> Option<Option<After>> {
    let Some(text) = r.text("after") else { return Some(None) };
    let parsed = text.split_once('_').and_then(|(micros, id)| {
        Some(After { received_at: Instant::from_micros(micros.parse().ok()?)?, id: id.parse().ok()? })
    });
    if parsed.is_none() {
        r.wrong("after", "Give what the page before answered as “next”.");
    }
    parsed.map(Some)
}

/// How many lines a page is to have: 1 to `most`, which it has where nothing is said.
pub(super) fn limit(r: &mut Reader<'_>, most: i64) -> Option<usize> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if r.value("limit").is_none() {
        return Some(most);
    }
    let limit = r.number::<usize>("limit")?;
    if (1..=most).contains(&limit) {
        return Some(limit);
    }
    r.wrong("limit", &format!("Give a number from 1 to {most}."));
    None
}

/// `POST /api/v1/cases`
///
/// # Errors
/// As [`open_case`].
pub async fn open(by: Visitor, body: Body) -> Answer {
    let ctx = by.app.ctx.clone();
    let with = body.read(|r| read_case(&ctx, r))?;
    let opened = || async {
        let case = by.run(move |ctx, who| open_case(ctx, who, with)).await.map_err(errors_at_paper)?;
        let place = format!("/api/v1/cases/{}", case.reference);
        Ok(Done { status: StatusCode::CREATED, says: StandingJson::of(&case), place })
    };
    answer_once(&by, body.key, &body.fields, opened).await
}

fn read_case(ctx: &Ctx, r: &mut Reader<'_>) -> Option<OpenCase> {
    let (arrival, team) = (r.optional_id("arrival"), r.optional_id("team"));
    let compartment = r.optional_word("compartment").unwrap_or(Compartment::Ordinary);
    let named = r.lines("named", MOST).unwrap_or_default();
    let named = named.iter().map(|name| name.as_str().to_lowercase()).collect();
    let paper = r.required_object("paper", read_paper);
    let demands = r.objects("demands", MOST, |r| read_asked(ctx, r));
    Some(OpenCase { arrival, compartment, named, team, paper: paper?, demands: demands? })
}

/// `GET /api/v1/cases/{reference}`
///
/// # Errors
/// As [`view_case`].
pub async fn show(by: Visitor, of: OfCase) -> Answer {
    let view = by.run(move |ctx, who| view_case(ctx, who, &of.0, false)).await?;
    Ok(ok(&CaseJson::of(&view)))
}

/// `POST /api/v1/cases/{reference}/amend`: the whole paper as it is now.
///
/// # Errors
/// As [`amend_case`].
pub async fn amend(by: Visitor, of: OfCase, body: Body) -> Answer {
    let read = |r: &mut Reader<'_>| r.required_object("paper", read_paper);
    act(&by, &of, body, read, amend_case).await.map_err(errors_at_paper)
}

/// The entries of a case's own log, oldest first.
#[derive(Serialize)]
struct CaseLogJson {
    entries: Personal<Vec<CaseEntryJson>>,
}

#[derive(Serialize)]
struct CaseEntryJson {
    seq: i64,
    at: String,
    by: String,
    kind: String,
    label: String,
}

/// `GET /api/v1/cases/{reference}/log`
///
/// # Errors
/// As [`view_case`].
pub async fn log(by: Visitor, of: OfCase) -> Answer {
    let view = by.run(move |ctx, who| view_case(ctx, who, &of.0, true)).await?;
    let eyes = Eyes { is_sealed: view.is_sealed, names: &view.names };
    Ok(ok(&CaseLogJson { entries: eyes.personal(entries(&view)) }))
}

fn entries(view: &CaseView) -> Vec<CaseEntryJson> {
    let entry = |entry: &crate::actions::view_case::CaseEvent| CaseEntryJson {
        seq: entry.seq,
        at: entry.at.for_machines(),
        by: actor_name(&entry.actor, &view.names),
        kind: entry.kind.clone(),
        label: kind_label(&entry.kind).to_owned(),
    };
    view.log.iter().map(entry).collect()
}
