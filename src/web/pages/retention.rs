//! Retention: the schedules, what is due under them, the erasures there were, and one erasure with its cases.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use askama::Template;

use super::case_parts::{Moment, day};
use super::thousands;
use crate::actions::erasure::{approve_erasure, decline_erasure, propose_run};
use crate::actions::retention::{ErasureView, RetentionView, view_erasure, view_retention};
use crate::actions::sign_in::step_up;
use crate::domain::erasure::{AnsweredAs, ErasureStanding, MOST};
use crate::domain::id::{ErasureId, StaffId};
use crate::domain::retention::{KeptBack, PapersWithoutCase, Schedule};
use crate::domain::staff::Verb;
use crate::domain::stage::Compartment;
use crate::domain::time::Instant;
use crate::store::erasures::{Candidate, ItemSeen};
use crate::web::WebError;
use crate::web::extract::{Visitor, WithId};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok};

/// How many cases a page lists.
const LISTED: usize = 200;

#[derive(Template)]
#[template(path = "retention.html")]
struct RetentionPage {
    frame: Frame,
    form: Form,
    today: String,
    schedules: Vec<ScheduleCard>,
    is_any_due: bool,
    due: Vec<Line>,
    more_due: usize,
    papers: Vec<PaperLine>,
    more_papers: usize,
    kept: Vec<Line>,
    more_kept: usize,
    hidden: usize,
    erasures: Vec<ErasureLine>,
    may_propose: bool,
    in_backups_until: Option<String>,
    most: String,
    /// Whether a case that is due is of the national-security compartment.
    is_any_sealed: bool,
}

struct ScheduleCard {
    name: String,
    keep: String,
    instruments: String,
    outcomes: String,
    because: String,
    due: usize,
    of_papers: bool,
}

/// A case in a list.
struct Line {
    reference: String,
    instrument: &'static str,
    outcome: &'static str,
    closed_on: String,
    schedule: String,
    /// Why it is kept, or what came of it.
    says: &'static str,
    is_sealed: bool,
}

/// Papers without a case in a list.
struct PaperLine {
    at: Moment,
    by: String,
    files: usize,
}

struct ErasureLine {
    id: String,
    ground: &'static str,
    by: String,
    at: Moment,
    cases: String,
    status: String,
    tone: &'static str,
    is_sealed: bool,
}

#[derive(Template)]
#[template(path = "erasure.html")]
struct ErasurePage {
    frame: Frame,
    form: Form,
    id: String,
    ground: &'static str,
    is_sealed: bool,
    because: Option<String>,
    by: String,
    at: Moment,
    answered: Option<(AnsweredAs, String, Moment)>,
    schedules: Vec<ScheduleCard>,
    lines: Vec<Line>,
    more: usize,
    papers: Vec<PaperLine>,
    more_papers: usize,
    /// What it is an erasure of.
    title: String,
    count: usize,
    erased: usize,
    kept: usize,
    hidden: usize,
    is_under_way: bool,
    may_approve: bool,
    may_decline: bool,
    is_own: bool,
    kept_from: Option<(String, String)>,
    in_backups_until: Option<String>,
}

/// `GET /retention`
///
/// # Errors
/// As [`view_retention`].
pub async fn show(visitor: Visitor) -> Result<HttpResponse, WebError> {
    ok(&retention_page(&visitor, Form::default()).await?)
}

/// `POST /retention/erasures`
///
/// # Errors
/// As [`propose_run`].
pub async fn propose(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    let because = fields.prose("because", &mut errors);
    let names: Vec<String> =
        fields.iter().filter(|(name, _)| *name == "schedule").map(|(_, value)| value.to_owned()).collect();
    if errors.is_empty() {
        let done = post_once(&visitor, &fields, || async {
            let proposed = visitor.run(move |ctx, who| propose_run(ctx, who, names, because)).await?;
            Ok(match proposed.as_slice() {
                [one] => format!("/retention/erasures/{one}"),
                _ => "/retention".to_owned(),
            })
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again(&retention_page(&visitor, Form::again(fields, errors)).await?)
}

async fn retention_page(visitor: &Visitor, form: Form) -> Result<RetentionPage, WebError> {
    let view = visitor.run(view_retention).await?;
    let now = visitor.now();
    let RetentionView { today, schedules, papers, kept, hidden, erasures, names, in_backups_until } = view;
    let due: Vec<Line> =
        schedules.iter().flat_map(|(schedule, due)| due.iter().map(|case| line(case, &schedule.name, ""))).collect();
    let kept: Vec<Line> = kept.iter().map(|(case, reason)| line(case, "", reason.label())).collect();
    let erasure = |one: &crate::store::erasures::ErasureLine| {
        let (status, tone) = status(&one.standing, one.cases, one.ended);
        ErasureLine {
            id: one.standing.id.to_string(),
            ground: one.standing.ground.label(),
            by: names.get(&one.standing.by).cloned().unwrap_or_default(),
            at: Moment::new(one.standing.at, now),
            cases: thousands(one.cases),
            status,
            tone,
            is_sealed: one.standing.sealed_case.is_some(),
        }
    };
    Ok(RetentionPage {
        frame: visitor.frame("Retention", Place::Retention),
        today: day(today),
        schedules: schedules
            .iter()
            .map(|(schedule, due)| card(schedule, if schedule.papers_without_case { papers.len() } else { due.len() }))
            .collect(),
        is_any_due: !due.is_empty() || !papers.is_empty(),
        more_papers: papers.len().saturating_sub(LISTED),
        papers: papers.iter().take(LISTED).map(|one| paper_line(one, &names, now)).collect(),
        is_any_sealed: due.iter().any(|line| line.is_sealed),
        more_due: due.len().saturating_sub(LISTED),
        due: due.into_iter().take(LISTED).collect(),
        more_kept: kept.len().saturating_sub(LISTED),
        kept: kept.into_iter().take(LISTED).collect(),
        hidden,
        erasures: erasures.iter().map(erasure).collect(),
        may_propose: visitor.may(Verb::ProposeErasure),
        in_backups_until: in_backups_until.map(day),
        most: thousands(i64::try_from(MOST).unwrap_or(i64::MAX)),
        form,
    })
}

fn card(schedule: &Schedule, due: usize) -> ScheduleCard {
    let all = |labels: Vec<&str>, none: &str| if labels.is_empty() { none.to_owned() } else { labels.join(", ") };
    let of_papers = schedule.papers_without_case;
    let (no_instrument, no_outcome) = match of_papers {
        true => ("papers without a case, from their arrival", "none"),
        false => ("every instrument", "every outcome"),
    };
    ScheduleCard {
        name: schedule.name.clone(),
        keep: schedule.keep.to_string(),
        instruments: all(schedule.instruments.iter().map(|one| one.label()).collect(), no_instrument),
        outcomes: all(schedule.outcomes.iter().map(|one| one.label()).collect(), no_outcome),
        because: schedule.because.clone(),
        due,
        of_papers,
    }
}

fn line(case: &Candidate, schedule: &str, says: &'static str) -> Line {
    Line {
        reference: case.reference.to_string(),
        instrument: case.facts.instrument.label(),
        outcome: case.facts.closed.map_or("", |(outcome, _)| outcome.label()),
        closed_on: case.facts.closed.map(|(_, on)| day(on)).unwrap_or_default(),
        schedule: schedule.to_owned(),
        says,
        is_sealed: case.compartment == Compartment::NationalSecurity,
    }
}

/// `2 cases and 1 paper without a case`
fn title(cases: usize, papers: usize) -> String {
    let many = |count: usize, one: &str, more: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{} {more}", thousands(i64::try_from(count).unwrap_or(i64::MAX)))),
    };
    let cases = many(cases, "case", "cases");
    let papers = many(papers, "paper without a case", "papers without a case");
    cases.into_iter().chain(papers).collect::<Vec<_>>().join(" and ")
}

fn paper_line(one: &PapersWithoutCase, names: &BTreeMap<StaffId, String>, now: Instant) -> PaperLine {
    PaperLine { at: Moment::new(one.at, now), by: names.get(&one.by).cloned().unwrap_or_default(), files: one.files }
}

fn status(standing: &ErasureStanding, cases: i64, ended: i64) -> (String, &'static str) {
    match &standing.answered {
        None => ("waits for approval".to_owned(), "warn"),
        Some((AnsweredAs::Declined, _)) => ("declined".to_owned(), "quiet"),
        Some((AnsweredAs::Approved, _)) if ended >= cases => ("done".to_owned(), "ok"),
        Some((AnsweredAs::Approved, _)) => (format!("{} of {} done", thousands(ended), thousands(cases)), "warn"),
    }
}

/// `GET /retention/erasures/{id}`
///
/// # Errors
/// As [`view_erasure`].
pub async fn one(visitor: Visitor, id: WithId<ErasureId>) -> Result<HttpResponse, WebError> {
    ok(&erasure_page(&visitor, id.0, Form::default()).await?)
}

/// `POST /retention/erasures/{id}/approve`
///
/// # Errors
/// As [`approve_erasure`].
pub async fn approve(visitor: Visitor, id: WithId<ErasureId>, fields: Fields) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    if !fields.has("password") {
        errors.add("password", "Give your password again.");
    } else {
        let password = fields.password("password");
        let done = post_once(&visitor, &fields, || async {
            let act = visitor.run(move |ctx, who| {
                let fresh = step_up(ctx, who, &password, Verb::ApproveErasure)?;
                approve_erasure(ctx, who, id.0, fresh)
            });
            act.await?;
            Ok(format!("/retention/erasures/{}", id.0))
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again(&erasure_page(&visitor, id.0, Form::again(fields, errors)).await?)
}

/// `POST /retention/erasures/{id}/decline`
///
/// # Errors
/// As [`decline_erasure`].
pub async fn decline(visitor: Visitor, id: WithId<ErasureId>, fields: Fields) -> Result<HttpResponse, WebError> {
    let done = post_once(&visitor, &fields, || async {
        visitor.run(move |ctx, who| decline_erasure(ctx, who, id.0)).await?;
        Ok(format!("/retention/erasures/{}", id.0))
    });
    done.await
}

async fn erasure_page(visitor: &Visitor, id: ErasureId, form: Form) -> Result<ErasurePage, WebError> {
    let view = visitor.run(move |ctx, who| view_erasure(ctx, who, id)).await?;
    let ErasureView { standing, items, papers, hidden, kept_from_approving, names, in_backups_until } = view;
    let now: Instant = visitor.now();
    let name = |id| names.get(id).cloned().unwrap_or_default();
    let count = items.len();
    let papers_in_all = items.iter().filter(|(item, _)| standing.is_of_papers(item.schedule.as_deref())).count();
    let ended = |wanted: fn(&Result<(), KeptBack>) -> bool| {
        items.iter().filter(|(item, _)| item.ended.as_ref().is_some_and(wanted)).count()
    };
    let (erased, kept) = (ended(Result::is_ok), ended(Result::is_err));
    let is_approved = matches!(standing.answered, Some((AnsweredAs::Approved, _)));
    let says = |item: &ItemSeen| match &item.ended {
        Some(Ok(())) => "erased",
        Some(Err(reason)) => reason.label(),
        None => "",
    };
    let lines: Vec<Line> = items
        .iter()
        .filter_map(|(item, case)| Some(line(case.as_ref()?, item.schedule.as_deref().unwrap_or_default(), says(item))))
        .collect();
    let is_open = standing.answered.is_none();
    let is_own = standing.by == visitor.who().staff.id;
    Ok(ErasurePage {
        frame: visitor.frame("Erasure", Place::Retention),
        id: standing.id.to_string(),
        ground: standing.ground.label(),
        is_sealed: standing.sealed_case.is_some(),
        because: standing.because.as_ref().map(ToString::to_string),
        by: name(&standing.by),
        at: Moment::new(standing.at, now),
        answered: standing
            .answered
            .as_ref()
            .map(|(answered, answer)| (*answered, name(&answer.by), Moment::new(answer.at, now))),
        schedules: standing
            .schedules
            .iter()
            .map(|schedule| {
                let of_it = items.iter().filter(|(item, _)| item.schedule.as_deref() == Some(schedule.name.as_str()));
                card(schedule, of_it.count())
            })
            .collect(),
        more_papers: papers.len().saturating_sub(LISTED),
        papers: papers.iter().take(LISTED).map(|one| paper_line(one, &names, now)).collect(),
        more: lines.len().saturating_sub(LISTED),
        lines: lines.into_iter().take(LISTED).collect(),
        title: title(count.saturating_sub(papers_in_all), papers_in_all),
        count,
        erased,
        kept,
        hidden,
        is_under_way: is_approved && erased.saturating_add(kept) < count,
        may_approve: is_open && kept_from_approving.is_none(),
        is_own,
        may_decline: is_open && (visitor.may(Verb::ApproveErasure) || is_own && visitor.may(Verb::ProposeErasure)),
        kept_from: kept_from_approving.map(|refusal| (refusal.says(), refusal.opens())),
        in_backups_until: in_backups_until.map(day),
        form,
    })
}
