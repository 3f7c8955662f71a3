//! Collection tasks that wait.

use actix_web::HttpResponse;
use askama::Template;

use crate::actions::view_task;
use crate::store::lists::TaskLine;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::frame::{Frame, Place};
use crate::web::page::ok;
use crate::web::times::{Due, due_by};

#[derive(Template)]
#[template(path = "tasks.html")]
struct TasksPage {
    frame: Frame,
    lines: Vec<Row>,
}

struct Row {
    line: TaskLine,
    due: Option<Due>,
}

/// `GET /tasks`
///
/// # Errors
/// A refusal for people without the role; when the store fails.
pub async fn show(visitor: Visitor) -> Result<HttpResponse, WebError> {
    let lines = visitor.run(view_task::list_tasks).await?;
    let row = |line: TaskLine| Row { due: line.due.map(|(day, at)| due_by(day, Some(at), visitor.now())), line };
    let lines = lines.into_iter().map(row).collect();
    ok(&TasksPage { frame: visitor.frame("Tasks", Place::Tasks), lines })
}
