//! One collection task: exactly what was granted, and a form for each demand's result.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::actions::collect::{self, Collect};
use crate::actions::receive_document::for_case;
use crate::actions::view_task;
use crate::domain::catalogue::Catalogue;
use crate::domain::decision::CollectionOutcome;
use crate::domain::staff::Verb;
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
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
    form: Form,
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

/// `GET /tasks/{reference}`
///
/// # Errors
/// As [`view_task::view_task`].
pub async fn show(visitor: Visitor, of: OfCase) -> Result<HttpResponse, WebError> {
    answer(&visitor, of, Form::default()).await
}

/// `POST /tasks/{reference}`: the result of one demand.
///
/// # Errors
/// As [`collect::collect`]; [`WebError::TooLarge`].
pub async fn collect(visitor: Visitor, of: OfCase, upload: Upload) -> Result<HttpResponse, WebError> {
    let reference = of.0.clone();
    let posted = upload.take(move |ctx, who, _| for_case(ctx, who, &reference, Verb::Collect)).await?;
    let fields = posted.fields.clone();
    let with = match parse(&fields, posted.count()) {
        Ok(with) => with,
        Err(errors) => return answer(&visitor, of, Form::again(fields, errors)).await,
    };
    post_once(&visitor, &fields, || async {
        let (on, files) = (of.seen_in(&fields), posted.into_files());
        visitor.run(move |ctx, who| collect::collect(ctx, who, &on, with, files)).await?;
        Ok(format!("/tasks/{}", of.0))
    })
    .await
}

fn parse(fields: &Fields, files: usize) -> Result<Collect, Errors> {
    let mut errors = Errors::default();
    let (demand, outcome) = (fields.word("demand", &mut errors), fields.word("outcome", &mut errors));
    let account = fields.required_prose("account", &mut errors);
    match (outcome, files) {
        (Some(CollectionOutcome::Collected), 0) => errors.add("files", "Choose at least one file, or say “no data”."),
        (Some(CollectionOutcome::NoData), 1..) => {
            errors.add("files", "With “no data” there is no file; leave this empty.")
        }
        _ => {}
    }
    match (demand, outcome, account, errors.is_empty()) {
        (Some(demand), Some(outcome), Some(account), true) => Ok(Collect { demand, outcome, account }),
        _ => Err(errors),
    }
}

async fn answer(visitor: &Visitor, of: OfCase, form: Form) -> Result<HttpResponse, WebError> {
    let view = visitor.run(move |ctx, who| view_task::view_task(ctx, who, &of.0)).await?;
    let status = if form.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let catalogue = &visitor.app.ctx.catalogue;
    page(
        status,
        &TaskPage {
            frame: visitor.frame(format!("Task {}", view.reference), Place::Tasks),
            reference: view.reference.to_string(),
            version: view.version,
            is_open: view.is_open,
            scope_hash: view.scope_hash.chars().take(16).collect(),
            done: view.lines.iter().filter(|line| line.result.is_some()).count(),
            lines: view.lines.iter().map(|line| shown(line, catalogue, &form)).collect(),
        },
    )
}

fn shown(line: &view_task::TaskLine, catalogue: &Catalogue, form: &Form) -> Line {
    let asked = &line.demand.asked;
    let id = line.demand.id.to_string();
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
        form: if form.is("demand", &id) { form.clone() } else { Form::default() },
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
