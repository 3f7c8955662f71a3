//! The queue.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::body::Asked;
use super::personal::{Eyes, PersonJson};
use super::reader::Reader;
use super::{Answer, ok};
use crate::actions::list_cases::{PAGE, list_cases};
use crate::domain::instrument::Instrument;
use crate::domain::outcome::Outcome;
use crate::domain::stage::{Compartment, Stage};
use crate::domain::time::Instant;
use crate::store::lists::{After, CaseLine, Lane};
use crate::web::extract::Visitor;

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
