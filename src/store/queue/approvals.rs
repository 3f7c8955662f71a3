//! What waits for approval, for whom, and what came back.

use std::collections::BTreeMap;

use diesel::dsl::exists;
use diesel::prelude::*;

use super::line::{CaseLine, LineRow};
use super::{approved_by, edited_by, known_to};
use crate::domain::id::{CaseId, StaffId};
use crate::domain::staff::Staff;
use crate::domain::stage::Stage;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::schema::{agencies, approvals, cases, scope_edits};
use crate::store::types::Id;

/// A scope that waits for approval, or a draft that came back, as it stands to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The case.
    pub line: CaseLine,
    /// Whether it waits for approval; else it came back.
    pub awaits_approval: bool,
    /// Whether this person edited the scope.
    pub is_edited: bool,
    /// Whether this person approved it.
    pub is_approved: bool,
}

/// Scopes that lack approvals and drafts that came back, the soonest due first, with how they stand to this person.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_approvals(conn: &mut Conn, who: &Staff, limit: i64) -> Result<Vec<Waiting>, StoreError> {
    let me = Id(who.id.0);
    let came_back = cases::stage.eq(Stage::Review.as_str()).and(cases::returned_at.is_not_null());
    let query = cases::table.inner_join(agencies::table).filter(cases::closed_at.is_null()).into_boxed();
    let rows: Vec<(LineRow, String, bool, bool, bool)> = known_to!(query, who)
        .filter(cases::awaits_approval.eq(true).or(came_back))
        .order((cases::late_at.asc(), cases::id.asc()))
        .limit(limit)
        .select((LineRow::as_select(), agencies::name, cases::awaits_approval, edited_by!(me), approved_by!(me)))
        .load(conn)?;
    let waiting = |(row, agency, awaits_approval, is_edited, is_approved): (LineRow, String, bool, bool, bool)| {
        Ok(Waiting { line: row.line(agency)?, awaits_approval, is_edited, is_approved })
    };
    rows.into_iter().map(waiting).collect()
}

/// Who approved the scopes in force of these cases, in order.
///
/// # Errors
/// When the database fails.
pub fn approvers(conn: &mut Conn, cases: &[CaseId]) -> Result<BTreeMap<CaseId, Vec<StaffId>>, StoreError> {
    let ids: Vec<Id> = cases.iter().map(|id| Id(id.0)).collect();
    let in_force = approvals::case_id.eq(cases::id).and(approvals::scope_revision.eq(cases::scope_revision));
    let rows: Vec<(Id, Id)> = approvals::table
        .inner_join(cases::table.on(in_force))
        .filter(approvals::case_id.eq_any(ids))
        .order(approvals::seq.asc())
        .select((approvals::case_id, approvals::staff_id))
        .load(conn)?;
    let mut by_case: BTreeMap<CaseId, Vec<StaffId>> = BTreeMap::new();
    for (case, staff) in rows {
        by_case.entry(CaseId(case.0)).or_default().push(StaffId(staff.0));
    }
    Ok(by_case)
}
