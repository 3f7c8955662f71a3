//! One collection task: exactly what was granted, and one form for the results of all its demands. A button records
//! the result of its own demand; what was typed for the others stands there again.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::case_log::capital;
use crate::actions::collect::{self, Collect};
use crate::actions::receive_document::for_case;
use crate::actions::view_task::{self, TaskView};
use crate::domain::case::Case;
use crate::domain::catalogue::Catalogue;
use crate::domain::decision::CollectionOutcome;
use crate::domain::demand::numbered;
use crate::domain::id::DemandId;
use crate::domain::staff::Verb;
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::{post_once, show_once};
use crate::web::page::page;
use crate::web::upload::Upload;

#[derive(Template)]
#[template(path = "task.html")]
struct TaskPage {
    frame: Frame,
    reference: String,
    version: i32,
    is_open: bool,
    scope_hash: String,
    done: usize,
    lines: Vec<Line>,
    /// What is wrong with the result that was sent.
    problems: Vec<Problem>,
    /// Demands for which the very same file was given.
    doubles: Vec<String>,
}

struct Line {
    id: String,
    position: u32,
    service: String,
    category: String,
    holds: String,
    kind: &'static str,
    identifier: String,
    from: String,
    to: String,
    result: Option<Recorded>,
    outcome: Entry,
    account: Entry,
    files: Entry,
    /// Whether files were chosen that a page can't keep.
    lost_files: bool,
    /// The demand recorded just now, before the one that is next.
    follows: Option<Follows>,
}

/// A field of one demand.
struct Entry {
    /// Its name, and its id.
    name: String,
    /// What stands in it.
    value: String,
    /// What is wrong with it.
    error: Option<String>,
}

struct Follows {
    id: String,
    says: String,
}

struct Problem {
    field: String,
    says: String,
}

struct Recorded {
    outcome: CollectionOutcome,
    account: String,
    at: String,
    files: Vec<FileLine>,
}

struct FileLine {
    id: String,
    name: String,
    size: String,
    sha256: String,
}

/// What a form that came back carries.
#[derive(Default)]
struct Back {
    form: Form,
    /// The fields with which files came that are not kept.
    chosen: BTreeSet<String>,
    /// The demand whose result was recorded just now.
    recorded: Option<DemandId>,
}

/// `GET /tasks/{reference}`
///
/// # Errors
/// As [`view_task::view_task`].
pub async fn show(visitor: Visitor, of: OfCase) -> Result<HttpResponse, WebError> {
    answer(&visitor, &of, &Back::default()).await
}

/// `POST /tasks/{reference}`: the result of one demand, that of the button pressed.
///
/// # Errors
/// As [`collect::collect`]; [`WebError::TooLarge`].
pub async fn collect(visitor: Visitor, of: OfCase, upload: Upload) -> Result<HttpResponse, WebError> {
    let reference = of.0.clone();
    let mut posted = upload.take(move |ctx, who, _| for_case(ctx, who, &reference, Verb::Collect)).await?;
    let (fields, mut chosen) = (posted.fields.clone(), posted.chosen());
    let own = name("files", fields.text("demand"));
    posted.keep_only(&own);
    let with = match parse(&fields, posted.count()) {
        Ok(with) => with,
        Err(errors) => {
            let back = Back { form: Form::again(fields, errors), chosen, recorded: None };
            return answer(&visitor, &of, &back).await;
        }
    };
    chosen.remove(&own);
    let demand = with.demand;
    let record = || {
        let (on, files) = (of.seen_in(&fields), posted.into_files());
        visitor.run(move |ctx, who| collect::collect(ctx, who, &on, with, files))
    };
    if chosen.is_empty() && !has_more(&fields, demand) {
        let done = post_once(&visitor, &fields, || async {
            let next = next(&record().await?, demand).map(|position| format!("#demand-{position}"));
            Ok(format!("/tasks/{}{}", of.0, next.unwrap_or_default()))
        });
        return done.await;
    }
    // What was typed for other demands is kept nowhere but on the page, so the answer is the page itself.
    let done = show_once(&visitor, &fields, || async {
        record().await?;
        let back = Back { form: Form::filled(fields.clone()), chosen, recorded: Some(demand) };
        Ok((answer(&visitor, &of, &back).await?, format!("/tasks/{}", of.0)))
    });
    done.await
}

/// The name of a demand's field.
fn name(field: &str, demand: impl std::fmt::Display) -> String {
    format!("{field}.{demand}")
}

/// Whether something was typed for another demand.
fn has_more(fields: &Fields, demand: DemandId) -> bool {
    let own = [name("outcome", demand), name("account", demand)];
    let is_other = |field: &str| field.starts_with("outcome.") || field.starts_with("account.");
    fields
        .iter()
        .any(|(field, value)| is_other(field) && !own.iter().any(|own| own == field) && !value.trim().is_empty())
}

/// The number of the demand to go on with: the next without a result, or the first.
fn next(case: &Case, after: DemandId) -> Option<u32> {
    let granted = case.granted();
    let at = granted.iter().position(|(demand, _)| demand.id == after).unwrap_or(0);
    let is_open = |id: DemandId| !case.results().iter().any(|result| result.demand == id);
    let mut round = granted.iter().skip(at).chain(granted.iter().take(at));
    round.find(|(demand, _)| is_open(demand.id)).map(|(demand, _)| demand.position)
}

fn parse(fields: &Fields, files: usize) -> Result<Collect, Errors> {
    let mut errors = Errors::default();
    let demand: Option<DemandId> = fields.word("demand", &mut errors);
    let of = |field: &str| name(field, fields.text("demand"));
    let outcome = fields.word(&of("outcome"), &mut errors);
    let account = fields.required_prose(&of("account"), &mut errors);
    match (outcome, files) {
        (Some(CollectionOutcome::Collected), 0) => {
            errors.add(of("files"), "Choose at least one file, or say “no data”.");
        }
        (Some(CollectionOutcome::NoData), 1..) => {
            errors.add(of("files"), "With “no data” there is no file; leave this empty.");
        }
        _ => {}
    }
    match (demand, outcome, account, errors.is_empty()) {
        (Some(demand), Some(outcome), Some(account), true) => Ok(Collect { demand, outcome, account }),
        _ => Err(errors),
    }
}

async fn answer(visitor: &Visitor, of: &OfCase, back: &Back) -> Result<HttpResponse, WebError> {
    let reference = of.0.clone();
    let view = visitor.run(move |ctx, who| view_task::view_task(ctx, who, &reference)).await?;
    let status = if back.form.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let catalogue = &visitor.app.ctx.catalogue;
    let mut lines: Vec<Line> = view.lines.iter().map(|line| shown(line, catalogue, back)).collect();
    point_on(&mut lines, back.recorded);
    page(
        status,
        &TaskPage {
            frame: visitor.frame(format!("Task {}", view.reference), Place::Tasks),
            reference: view.reference.to_string(),
            version: view.version,
            is_open: view.is_open,
            scope_hash: view.scope_hash.chars().take(16).collect(),
            done: view.lines.iter().filter(|line| line.result.is_some()).count(),
            problems: problems(&back.form.errors, &lines),
            doubles: doubles(&view),
            lines,
        },
    )
}

/// Says on the next open demand that the one before it was recorded; the button has led there.
fn point_on(lines: &mut [Line], recorded: Option<DemandId>) {
    let Some(id) = recorded.map(|id| id.to_string()) else { return };
    let Some(at) = lines.iter().position(|line| line.id == id) else { return };
    let says = lines.get(at).map(|line| format!("Demand {} is recorded.", line.position)).unwrap_or_default();
    let next = (at..lines.len()).chain(0..at).find(|at| lines.get(*at).is_some_and(|line| line.result.is_none()));
    if let Some(line) = next.and_then(|at| lines.get_mut(at)) {
        line.follows = Some(Follows { id, says });
    }
}

/// All that is wrong, with the number of the demand.
fn problems(errors: &Errors, lines: &[Line]) -> Vec<Problem> {
    let said = |field: &str, reason: &str| {
        let (what, id) = field.split_once('.').unwrap_or((field, ""));
        let of = lines.iter().find(|line| line.id == id).map(|line| format!("Demand {}, ", line.position));
        let what = if what == "account" { "system and query used" } else { what };
        capital(&format!("{}{what}: {reason}", of.unwrap_or_default()))
    };
    errors.iter().map(|e| Problem { says: said(&e.field, &e.reason), field: e.field.clone() }).collect()
}

/// Demands whose results name the very same bytes: once for each set of demands.
fn doubles(view: &TaskView) -> Vec<String> {
    let mut by_hash: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for line in &view.lines {
        for file in &line.files {
            by_hash.entry(&file.sha256).or_default().insert(line.demand.position);
        }
    }
    let several: BTreeSet<BTreeSet<u32>> = by_hash.into_values().filter(|demands| demands.len() > 1).collect();
    several.iter().map(|demands| numbered(&demands.iter().copied().collect::<Vec<_>>())).collect()
}

fn shown(line: &view_task::TaskLine, catalogue: &Catalogue, back: &Back) -> Line {
    let asked = &line.demand.asked;
    let id = line.demand.id.to_string();
    let entry = |field: &str| {
        let name = name(field, &id);
        let (value, error) = (back.form.value(&name).to_owned(), back.form.error(&name).map(str::to_owned));
        Entry { value, error, name }
    };
    let service = catalogue.find_service(&asked.service);
    let category = catalogue.find_category(&asked.service, &asked.category);
    let day = |day: Option<chrono::NaiveDate>, open: &str| day.map_or_else(|| open.to_owned(), |d| d.to_string());
    Line {
        position: line.demand.position,
        service: service.map_or_else(|| asked.service.clone(), |s| s.name.clone()),
        category: category.map_or_else(|| asked.category.clone(), |c| c.name.clone()),
        holds: category.map(|c| c.holds.clone()).unwrap_or_default(),
        kind: asked.identifier.kind.label(),
        // The collector searches by it, so it is shown whole, as it was received.
        identifier: asked.identifier.received.clone(),
        from: day(asked.period.from, "as far back as there is"),
        to: day(asked.period.to, "as far as there is"),
        result: recorded(line),
        outcome: entry("outcome"),
        account: entry("account"),
        files: entry("files"),
        lost_files: back.chosen.contains(&name("files", &id)),
        follows: None,
        id,
    }
}

fn recorded(line: &view_task::TaskLine) -> Option<Recorded> {
    let result = line.result.as_ref()?;
    let file = |file: &crate::domain::document::Document| FileLine {
        id: file.id.to_string(),
        name: file.file_name.to_string(),
        size: super::size(file.size),
        sha256: file.sha256.chars().take(16).collect(),
    };
    Some(Recorded {
        outcome: result.outcome,
        account: result.account.to_string(),
        at: result.at.for_people(),
        files: line.files.iter().map(file).collect(),
    })
}
