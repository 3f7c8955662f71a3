//! The queue.

use chrono::NaiveDate;
use serde::Serialize;

use super::body::Asked;
use super::personal::{Eyes, PersonJson};
use super::reader::Reader;
use super::{Answer, ok};
use crate::actions::list_cases::{PAGE, QueuePage, list_cases};
use crate::domain::instrument::Instrument;
use crate::domain::outcome::Outcome;
use crate::domain::queue::{After, AfterKey, Filter, Lane, SortBy};
use crate::domain::stage::{Compartment, Stage};
use crate::domain::time::Instant;
use crate::domain::wait::WaitKind;
use crate::store::queue::CaseLine;
use crate::web::extract::Visitor;

/// A page of the queue.
#[derive(Serialize)]
struct CasesJson {
    cases: Vec<CaseLineJson>,
    /// What to send as `after` for the next page; `null` on the last.
    next: Option<String>,
    /// How many cases each lane holds.
    counts: CountsJson,
}

#[derive(Serialize)]
struct CountsJson {
    mine: i64,
    unassigned: i64,
    emergency: i64,
    week: i64,
    waiting: i64,
    open: i64,
    late: i64,
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
    due_on: Option<NaiveDate>,
    waits_for: Option<WaitKind>,
    outcome: Option<Outcome>,
    assignee: Option<PersonJson>,
    drafted_by: Option<PersonJson>,
    has_override: bool,
    demands: i64,
}

/// `GET /api/v1/cases`, oldest served first.
///
/// # Errors
/// As [`list_cases`].
pub async fn list(by: Visitor, asked: Asked) -> Answer {
    let (filter, after, limit) = asked.read(|r| {
        let (filter, after) = (read_filter(r), read_after(r));
        Some((filter?, after?, limit(r, PAGE)?))
    })?;
    let mut page = by.run(move |ctx, who| list_cases(ctx, who, &filter, after.as_ref())).await?;
    let has_more = page.next.is_some() || page.lines.len() > limit;
    page.lines.truncate(limit);
    let next =
        page.lines.last().filter(|_| has_more).map(|line| format!("{}_{}", line.received_at.as_micros(), line.id));
    let cases = page.lines.iter().map(|line| case_line(line, &page)).collect();
    let counts = &page.counts;
    let counts = CountsJson {
        mine: counts.mine,
        unassigned: counts.unassigned,
        emergency: counts.emergency,
        week: counts.week,
        waiting: counts.waiting,
        open: counts.open,
        late: counts.late,
    };
    Ok(ok(&CasesJson { cases, next, counts }))
}

fn case_line(line: &CaseLine, page: &QueuePage) -> CaseLineJson {
    let eyes = Eyes { is_sealed: false, names: &page.names };
    CaseLineJson {
        reference: line.reference.clone(),
        stage: line.stage,
        compartment: line.compartment,
        instrument: line.instrument,
        is_emergency: line.is_emergency,
        agency: line.agency.clone(),
        country: line.country.clone(),
        received_at: line.received_at.for_machines(),
        due_on: line.due_on,
        waits_for: line.wait.map(|(kind, _)| kind),
        outcome: line.outcome,
        assignee: line.assignee.map(|id| eyes.person(id)),
        drafted_by: line.drafted_by.map(|id| eyes.person(id)),
        has_override: line.has_override,
        demands: page.demands.get(&line.id).copied().unwrap_or(0),
    }
}

/// A lane of the queue, or all cases at one stage.
fn read_filter(r: &mut Reader<'_>) -> Option<Filter> {
    let text = r.text("lane").unwrap_or("open");
    let (lane, stage) = match (text.parse::<Lane>(), text.parse::<Stage>()) {
        (Ok(lane), _) => (lane, None),
        (Err(_), Ok(stage)) => (Lane::Open, Some(stage)),
        (Err(_), Err(_)) => {
            r.wrong("lane", "Give mine, unassigned, emergency, week, waiting, open, closed, or a stage.");
            return None;
        }
    };
    Some(Filter { stage, sort: Some(SortBy::Received), ..Filter::of(lane) })
}

/// The last line of the page before: its service date in microseconds, and its id.
fn read_after(r: &mut Reader<'_>) -> Option<Option<After>> {
    let Some(text) = r.text("after") else { return Some(None) };
    let parsed = text.split_once('_').and_then(|(micros, id)| {
        let received_at = Instant::from_micros(micros.parse().ok()?)?;
        Some(After { key: AfterKey::Received(received_at), case: id.parse().ok()? })
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
