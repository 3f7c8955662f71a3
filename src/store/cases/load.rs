//! Putting a case together from its rows: six statements.

use diesel::prelude::*;

use super::children::{ApprovalRow, CheckRow, DemandRow, ScopeEditRow, SecrecyRow, line, prose, word};
use super::row::CaseRow;
use crate::domain::agency::{Agency, Officer};
use crate::domain::case::{
    Answer, Assessed, Case, CaseReference, Collected, Granted, Pending, Progress, Returned, Review, Scope,
};
use crate::domain::decision::{Approval, Closing, CollectionResult, Draft, Release};
use crate::domain::event::Event;
use crate::domain::id::{CaseId, StaffId, TeamId};
use crate::domain::stage::Stage;
use crate::domain::wait::Wait;
use crate::seal::Key;
use crate::store::conn::Conn;
use crate::store::directory::{AgencyRow, OfficerRow};
use crate::store::documents;
use crate::store::error::StoreError;

use crate::store::log::{self, CaseEvent};
use crate::store::schema::{
    agencies, approvals, cases, checks, comments, demands, officers, scope_edits, secrecy_orders,
};
use crate::store::types::{Id, Ts};

const CASES: &str = "cases";

/// A case with the agency and officer it names.
#[derive(Debug, Clone, PartialEq)]
pub struct Details {
    /// The case.
    pub case: Case,
    /// Its agency.
    pub agency: Agency,
    /// Its officer, where one is named.
    pub officer: Option<Officer>,
    /// How many comments it has.
    pub comments: usize,
}

/// The case with this reference.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn find_by_reference(conn: &mut Conn, reference: &CaseReference) -> Result<Option<Case>, StoreError> {
    let row: Option<CaseRow> = cases::table
        .filter(cases::reference.eq(reference.as_str()))
        .select(CaseRow::as_select())
        .first(conn)
        .optional()?;
    row.map(|row| assemble(conn, row)).transpose()
}

/// Whether the register has any case.
///
/// # Errors
/// When the database fails.
pub fn is_any(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(cases::table.select(cases::id).first::<Id>(conn).optional()?.is_some())
}

/// The case with this id.
///
/// # Errors
/// When there is none, the database fails or a row makes no sense.
pub fn get(conn: &mut Conn, id: CaseId) -> Result<Case, StoreError> {
    let row: CaseRow = cases::table.find(Id(id.0)).select(CaseRow::as_select()).first(conn)?;
    assemble(conn, row)
}

/// The case with this reference, its agency and its officer.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn find_details(conn: &mut Conn, reference: &CaseReference) -> Result<Option<Details>, StoreError> {
    let Some((row, agency, officer, comments)) = head(conn, reference)? else { return Ok(None) };
    Ok(Some(Details { case: assemble(conn, row)?, agency, officer, comments }))
}

/// A case's row, its agency and officer, and how many comments it has.
type Head = (CaseRow, Agency, Option<Officer>, usize);
type HeadRow = (CaseRow, AgencyRow, Option<OfficerRow>, Option<i64>);

fn head(conn: &mut Conn, reference: &CaseReference) -> Result<Option<Head>, StoreError> {
    let said = comments::table.filter(comments::case_id.eq(cases::id)).count().single_value();
    let row: Option<HeadRow> = cases::table
        .inner_join(agencies::table)
        .left_join(officers::table)
        .filter(cases::reference.eq(reference.as_str()))
        .select((CaseRow::as_select(), AgencyRow::as_select(), Option::<OfficerRow>::as_select(), said))
        .first(conn)
        .optional()?;
    let read = |(row, agency, officer, said): HeadRow| {
        let comments = usize::try_from(said.unwrap_or(0)).unwrap_or(0);
        Ok((row, agency.agency()?, officer.map(|o| o.officer()).transpose()?, comments))
    };
    row.map(read).transpose()
}

/// The case with this reference and all that its log tells of it, oldest first: three statements. The case is the one
/// that its events fold to; where the personal part of one was erased, its rows are read as ever.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn find_with_log(
    conn: &mut Conn,
    installation: &Key,
    reference: &CaseReference,
) -> Result<Option<(Details, Vec<CaseEvent>)>, StoreError> {
    let Some((row, agency, officer, comments)) = head(conn, reference)? else { return Ok(None) };
    let log = log::case_events(conn, installation, CaseId(row.id.0))?;
    let told: Option<Vec<&Event>> = log.iter().map(|entry| entry.event.as_ref()).collect();
    let case = match told.and_then(Case::fold) {
        Some(case) => case,
        None => assemble(conn, row)?,
    };
    Ok(Some((Details { case, agency, officer, comments }, log)))
}

fn assemble(conn: &mut Conn, row: CaseRow) -> Result<Case, StoreError> {
    let case = row.id;
    let demand_rows: Vec<DemandRow> = demands::table
        .filter(demands::case_id.eq(case).and(demands::removed_at.is_null()))
        .order(demands::position.asc())
        .select(DemandRow::as_select())
        .load(conn)?;
    let check_rows: Vec<CheckRow> = checks::table
        .filter(checks::case_id.eq(case).and(checks::cleared_at.is_null()))
        .order(checks::seq.asc())
        .select(CheckRow::as_select())
        .load(conn)?;
    let secrecy_rows: Vec<SecrecyRow> = secrecy_orders::table
        .filter(secrecy_orders::case_id.eq(case))
        .order(secrecy_orders::seq.asc())
        .select(SecrecyRow::as_select())
        .load(conn)?;
    let (edit_rows, approval_rows) = edits_with_approvals(conn, case, row.scope_revision)?;
    let documents = documents::of_case(conn, CaseId(case.0))?;

    let corrupt = |why: String| StoreError::corrupt(CASES, case.0, why);
    let number = |n: i32| u32::try_from(n).map_err(|e| corrupt(e.to_string()));
    let parts = Parts {
        answers: demand_rows.iter().filter_map(|d| d.answer().transpose()).collect::<Result<_, _>>()?,
        draft: draft(&row, &demand_rows)?,
        approvals: approval_rows.iter().map(ApprovalRow::approval).collect::<Result<_, _>>()?,
        results: demand_rows.iter().filter_map(|d| d.result().transpose()).collect::<Result<_, _>>()?,
        release: release(&row)?,
    };
    let stage: Stage = word(CASES, case.0, &row.stage)?;
    let progress = match stage {
        Stage::Closed => {
            let from: Stage = word(CASES, case.0, row.closed_from.as_deref().unwrap_or_default())?;
            Progress::Closed(Box::new(progress(&row, from, parts)?), closing(&row)?)
        }
        stage => progress(&row, stage, parts)?,
    };
    Ok(Case {
        id: CaseId(case.0),
        reference: CaseReference::parse(&row.reference).map_err(|e| corrupt(e.reason))?,
        compartment: word(CASES, case.0, &row.compartment)?,
        named: serde_json::from_str(&row.named).map_err(|e| corrupt(e.to_string()))?,
        team: TeamId(row.team_id.0),
        opened_by: StaffId(row.opened_by.0),
        opened_at: row.opened_at.0,
        paper: serde_json::from_str(&row.paper).map_err(|e| corrupt(e.to_string()))?,
        documents,
        checks: check_rows.iter().map(CheckRow::check).collect::<Result<_, _>>()?,
        demands: demand_rows.iter().map(DemandRow::demand).collect::<Result<_, _>>()?,
        next_position: number(row.next_position)?,
        secrecy: secrecy_rows.iter().map(SecrecyRow::order).collect::<Result<_, _>>()?,
        scope: Scope {
            salt: row.scope_salt.clone(),
            revision: number(row.scope_revision)?,
            edits: edit_rows.iter().map(ScopeEditRow::edit).collect::<Result<_, _>>()?,
        },
        assignee: row.assignee_id.map(|a| StaffId(a.0)),
        wait: wait(&row)?,
        stopped_days: number(row.stopped_days)?,
        past_waits: serde_json::from_str(&row.past_waits).map_err(|e| corrupt(e.to_string()))?,
        clocks: serde_json::from_str(&row.clocks).map_err(|e| corrupt(e.to_string()))?,
        ticks: serde_json::from_str(&row.ticks).map_err(|e| corrupt(e.to_string()))?,
        redirects: serde_json::from_str(&row.redirects).map_err(|e| corrupt(e.to_string()))?,
        progress,
        version: row.version,
    })
}

/// Every edit of the scope, and the approvals of the revision in force.
fn edits_with_approvals(
    conn: &mut Conn,
    case: Id,
    revision: i32,
) -> Result<(Vec<ScopeEditRow>, Vec<ApprovalRow>), StoreError> {
    let of_it = approvals::case_id.eq(scope_edits::case_id).and(approvals::scope_revision.eq(scope_edits::revision));
    let rows: Vec<(ScopeEditRow, Option<ApprovalRow>)> = scope_edits::table
        .left_join(approvals::table.on(of_it.and(scope_edits::revision.eq(revision))))
        .filter(scope_edits::case_id.eq(case))
        .order((scope_edits::revision.asc(), approvals::seq.asc()))
        .select((ScopeEditRow::as_select(), Option::<ApprovalRow>::as_select()))
        .load(conn)?;
    let (mut edits, mut given): (Vec<ScopeEditRow>, Vec<ApprovalRow>) = (Vec::new(), Vec::new());
    for (edit, approval) in rows {
        if edits.last().is_none_or(|last| last.revision != edit.revision) {
            edits.push(edit);
        }
        given.extend(approval);
    }
    Ok((edits, given))
}

/// What the child rows say, before it is known which of it the stage needs.
struct Parts {
    answers: Vec<Answer>,
    draft: Option<Draft>,
    approvals: Vec<Approval>,
    results: Vec<CollectionResult>,
    release: Option<Release>,
}

/// The standing at a stage other than closed; a row that lacks what its stage needs makes no sense.
fn progress(row: &CaseRow, stage: Stage, parts: Parts) -> Result<Progress, StoreError> {
    let lacks = |what: &str| StoreError::corrupt(CASES, row.id.0, format!("at {stage} without {what}"));
    let Parts { answers, draft, approvals, results, release } = parts;
    let assessed = match (row.assessed_at, row.assessed_by, row.assessed_revision) {
        (Some(Ts(at)), Some(by), Some(revision)) => Some(Assessed {
            answers,
            scope_revision: u32::try_from(revision).map_err(|e| StoreError::corrupt(CASES, row.id.0, e))?,
            by: StaffId(by.0),
            at,
        }),
        _ => None,
    };
    if matches!(stage, Stage::Intake | Stage::Triage) {
        return Ok(if stage == Stage::Intake { Progress::Intake } else { Progress::Triage });
    }
    if stage == Stage::Review {
        return Ok(Progress::Review(Review { assessed, draft, returned: returned(row)? }));
    }
    let assessed = assessed.ok_or_else(|| lacks("an assessment"))?;
    let draft = draft.ok_or_else(|| lacks("a draft"))?;
    let pending = Pending { assessed, draft, approvals };
    if stage == Stage::Approval {
        return Ok(Progress::Approval(pending));
    }
    if !pending.is_approved() {
        return Err(lacks("its approvals"));
    }
    let granted = Granted { pending, results };
    match stage {
        Stage::Fulfilment => Ok(Progress::Fulfilment(granted)),
        Stage::Delivery => Ok(Progress::Delivery(Collected { granted, release })),
        _ => Err(lacks("the stage it was closed from")),
    }
}

fn draft(row: &CaseRow, demands: &[DemandRow]) -> Result<Option<Draft>, StoreError> {
    let (Some(Ts(at)), Some(by), Some(scope_hash), Some(needed)) =
        (row.drafted_at, row.drafted_by, row.scope_hash.clone(), row.approvals_needed)
    else {
        return Ok(None);
    };
    let decisions = demands.iter().filter_map(|d| d.decision().transpose()).collect::<Result<_, _>>()?;
    let approvals_needed = u8::try_from(needed).map_err(|e| StoreError::corrupt(CASES, row.id.0, e))?;
    Ok(Some(Draft { decisions, scope_hash, approvals_needed, by: StaffId(by.0), at }))
}

fn wait(row: &CaseRow) -> Result<Option<Wait>, StoreError> {
    let (Some(kind), Some(because), Some(by), Some(Ts(at))) =
        (&row.wait_kind, &row.wait_because, row.wait_by, row.wait_at)
    else {
        return Ok(None);
    };
    Ok(Some(Wait {
        kind: word(CASES, row.id.0, kind)?,
        because: prose(CASES, row.id.0, because)?,
        expected_on: row.wait_expected_on,
        by: StaffId(by.0),
        at,
    }))
}

fn returned(row: &CaseRow) -> Result<Option<Returned>, StoreError> {
    let (Some(Ts(at)), Some(by), Some(because)) = (row.returned_at, row.returned_by, &row.returned_because) else {
        return Ok(None);
    };
    Ok(Some(Returned { because: prose(CASES, row.id.0, because)?, by: StaffId(by.0), at }))
}

fn release(row: &CaseRow) -> Result<Option<Release>, StoreError> {
    let (Some(Ts(at)), Some(by), Some(to), Some(method), Some(manifest), Some(files)) = (
        row.released_at,
        row.released_by,
        &row.released_to,
        &row.release_method,
        &row.manifest_sha256,
        row.release_files,
    ) else {
        return Ok(None);
    };
    Ok(Some(Release {
        to: line(CASES, row.id.0, to)?,
        method: word(CASES, row.id.0, method)?,
        manifest_sha256: manifest.clone(),
        files: u32::try_from(files).map_err(|e| StoreError::corrupt(CASES, row.id.0, e))?,
        by: StaffId(by.0),
        at,
    }))
}

fn closing(row: &CaseRow) -> Result<Closing, StoreError> {
    let lacks = || StoreError::corrupt(CASES, row.id.0, "closed without outcome, person or time");
    Ok(Closing {
        outcome: word(CASES, row.id.0, row.outcome.as_deref().ok_or_else(lacks)?)?,
        note: row.closing_note.as_deref().map(|n| prose(CASES, row.id.0, n)).transpose()?,
        by: StaffId(row.closed_by.ok_or_else(lacks)?.0),
        at: row.closed_at.ok_or_else(lacks)?.0,
    })
}
