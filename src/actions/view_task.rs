//! A fulfiller's collection tasks: the bounds of what was granted, and nothing else of the case.

use super::{ActionError, Ctx, SignedIn, on_case, view_case};
use crate::domain::case::{Case, CaseReference};
use crate::domain::decision::CollectionResult;
use crate::domain::demand::Demand;
use crate::domain::document::Document;
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::staff::{Verb, may};
use crate::domain::stage::{Gate, Stage};
use crate::store::{Stored, cases, lists};

/// A task: exactly what may be collected.
#[derive(Debug, Clone)]
pub struct TaskView {
    /// The case's name; the task goes by it.
    pub reference: CaseReference,
    /// The version to answer to.
    pub version: i32,
    /// Whether it can still be worked on, or is done.
    pub is_open: bool,
    /// The granted demands with what was recorded so far.
    pub lines: Vec<TaskLine>,
    /// The hash of the approved scope.
    pub scope_hash: String,
}

/// One granted demand.
#[derive(Debug, Clone)]
pub struct TaskLine {
    /// The bounds: identifier, service, category, period.
    pub demand: Demand,
    /// What was recorded, if anything.
    pub result: Option<CollectionResult>,
    /// Its files.
    pub files: Vec<Document>,
}

/// Lists what waits to be collected, at most 50.
///
/// # Errors
/// A refusal for people without the role (in the log).
pub fn list_tasks(ctx: &Ctx, who: &SignedIn) -> Result<Vec<lists::TaskLine>, ActionError> {
    if let Err(refusal) = may(&who.staff, Verb::ReadTask, None) {
        return ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::ReadTask)));
    }
    let lines = ctx.store.read(|conn| lists::list_tasks(conn, &who.staff, 50))?;
    Ok(lines)
}

/// Shows one task.
///
/// # Errors
/// [`ActionError::NotFound`] without such a task; a refusal for people without the role (in the log).
pub fn view_task(ctx: &Ctx, who: &SignedIn, reference: &CaseReference) -> Result<TaskView, ActionError> {
    let case = ctx.store.read(|conn| cases::find_by_reference(conn, reference))?.ok_or(ActionError::NotFound)?;
    on_case::check(ctx, who, &case, Verb::ReadTask)?;
    if !case.has_task() {
        return Err(Refusal::GateShut { gate: Gate::Approved, verb: Verb::ReadTask }.into());
    }
    view_case::record_view(ctx, who, case.id.0, case.about(), Event::TaskViewed {})?;
    Ok(task(case))
}

fn task(case: Case) -> TaskView {
    let line = |demand: &Demand| {
        let result = case.results().iter().find(|r| r.demand == demand.id).cloned();
        let files = case.documents.iter().filter(|d| result.as_ref().is_some_and(|r| r.files.contains(&d.id))).cloned();
        TaskLine { demand: demand.clone(), files: files.collect(), result }
    };
    TaskView {
        lines: case.granted().iter().map(|(demand, _)| line(demand)).collect(),
        scope_hash: case.draft().map(|d| d.scope_hash.clone()).unwrap_or_default(),
        is_open: case.stage() == Stage::Fulfilment,
        version: case.version,
        reference: case.reference,
    }
}
