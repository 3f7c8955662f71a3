//! Collection tasks: exactly what was granted, and its results.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::body::{Files, texts};
use super::demands::{IdentifierJson, PeriodJson};
use super::once::{Done, answer_once};
use super::reader::{self, Reader};
use super::{Answer, ok};
use crate::actions::collect::{Collect, collect as record};
use crate::actions::on_case::OnCase;
use crate::actions::receive_document::for_case;
use crate::actions::view_task::{self, TaskLine, TaskView};
use crate::domain::case::Case;
use crate::domain::decision::{CollectionOutcome, CollectionResult};
use crate::domain::document::Document;
use crate::domain::id::{DemandId, DocumentId};
use crate::domain::staff::Verb;
use crate::domain::stage::Stage;
use crate::web::extract::{OfCase, Visitor};

#[derive(Serialize)]
struct TasksJson {
    tasks: Vec<TaskLineJson>,
}

#[derive(Serialize)]
struct TaskLineJson {
    reference: String,
    granted: i64,
    done: i64,
}

/// Where a task stands; what a result answers.
#[derive(Serialize)]
struct TaskStandingJson {
    reference: String,
    version: i32,
    is_open: bool,
    granted: usize,
    done: usize,
}

#[derive(Serialize)]
struct TaskJson {
    #[serde(flatten)]
    standing: TaskStandingJson,
    scope_hash: String,
    demands: Vec<GrantedJson>,
}

/// A granted demand: the bounds, and nothing else of the case.
#[derive(Serialize)]
struct GrantedJson {
    demand: DemandId,
    position: u32,
    identifier: IdentifierJson,
    service: String,
    category: String,
    period: PeriodJson,
    result: Option<RecordedJson>,
}

#[derive(Serialize)]
struct RecordedJson {
    outcome: CollectionOutcome,
    account: String,
    at: String,
    files: Vec<FileJson>,
}

#[derive(Serialize)]
struct FileJson {
    id: DocumentId,
    file_name: String,
    media_type: String,
    size: u64,
    sha256: String,
}

/// `GET /api/v1/tasks`
///
/// # Errors
/// As [`view_task::list_tasks`].
pub async fn list(by: Visitor) -> Answer {
    let tasks = by.run(view_task::list_tasks).await?.into_iter();
    let line =
        |t: crate::store::lists::TaskLine| TaskLineJson { reference: t.reference, granted: t.granted, done: t.done };
    Ok(ok(&TasksJson { tasks: tasks.map(line).collect() }))
}

/// `GET /api/v1/tasks/{reference}`
///
/// # Errors
/// As [`view_task::view_task`].
pub async fn show(by: Visitor, of: OfCase) -> Answer {
    let task = by.run(move |ctx, who| view_task::view_task(ctx, who, &of.0)).await?;
    Ok(ok(&task_json(&task)))
}

/// `POST /api/v1/tasks/{reference}`: the result of one demand, with its files.
///
/// # Errors
/// As [`for_case`] and [`record`].
pub async fn collect(by: Visitor, of: OfCase, files: Files) -> Answer {
    let reference = of.0.clone();
    let posted = files.upload.take(move |ctx, who, _| for_case(ctx, who, &reference, Verb::Collect)).await?;
    let sent = texts(&posted.fields)?;
    let count = posted.count();
    let (version, with) = reader::read(&sent, true, |r| {
        let version = r.number("version");
        read_result(r, count).map(|with| (version, with))
    })?;
    let (on, place) = (OnCase { version, reference: of.0.clone() }, format!("/api/v1/tasks/{}", of.0));
    let recorded = || async {
        let kept = posted.into_files();
        let case = by.run(move |ctx, who| record(ctx, who, &on, with, kept)).await?;
        Ok(Done { status: StatusCode::OK, says: standing(&case), place })
    };
    answer_once(&by, files.key, &sent, recorded).await
}

fn read_result(r: &mut Reader<'_>, files: usize) -> Option<Collect> {
    let (demand, outcome, account) = (r.id("demand"), r.word("outcome"), r.required_prose("account"));
    match (outcome, files) {
        (Some(CollectionOutcome::Collected), 0) => r.wrong("files", "Send at least one file, or say no_data."),
        (Some(CollectionOutcome::NoData), 1..) => r.wrong("files", "With no_data there is no file; send none."),
        _ => {}
    }
    Some(Collect { demand: demand?, outcome: outcome?, account: account? })
}

fn standing(case: &Case) -> TaskStandingJson {
    TaskStandingJson {
        reference: case.reference.to_string(),
        version: case.version,
        is_open: case.stage() == Stage::Fulfilment,
        granted: case.granted().len(),
        done: case.results().len(),
    }
}

fn task_json(task: &TaskView) -> TaskJson {
    TaskJson {
        standing: TaskStandingJson {
            reference: task.reference.to_string(),
            version: task.version,
            is_open: task.is_open,
            granted: task.lines.len(),
            done: task.lines.iter().filter(|line| line.result.is_some()).count(),
        },
        scope_hash: task.scope_hash.clone(),
        demands: task.lines.iter().map(granted).collect(),
    }
}

fn granted(line: &TaskLine) -> GrantedJson {
    let asked = &line.demand.asked;
    GrantedJson {
        demand: line.demand.id,
        position: line.demand.position,
        identifier: IdentifierJson::of(&asked.identifier),
        service: asked.service.clone(),
        category: asked.category.clone(),
        period: PeriodJson::of(asked.period),
        result: line.result.as_ref().map(|result| recorded(result, &line.files)),
    }
}

fn recorded(result: &CollectionResult, files: &[Document]) -> RecordedJson {
    let file = |file: &Document| FileJson {
        id: file.id,
        file_name: file.file_name.to_string(),
        media_type: file.media_type.clone(),
        size: file.size,
        sha256: file.sha256.clone(),
    };
    RecordedJson {
        outcome: result.outcome,
        account: result.account.to_string(),
        at: result.at.for_machines(),
        files: files.iter().map(file).collect(),
    }
}
