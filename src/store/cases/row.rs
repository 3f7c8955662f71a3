//! The row of a case. What depends on the stage is nullable; `load` refuses a row whose stage and columns
//! disagree.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::domain::case::{Case, Progress};
use crate::domain::queue::{NO_DATE, STOPPED};
use crate::domain::stage::{Gate, Stage};
use crate::domain::time::Instant;
use crate::store::error::StoreError;
use crate::store::schema::cases;
use crate::store::types::{Id, Ts};

/// One row of `cases`, in column order.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = cases, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct CaseRow {
    pub id: Id,
    pub reference: String,
    pub stage: String,
    pub compartment: String,
    pub named: String,
    pub team_id: Id,
    pub instrument: String,
    pub agency_id: Id,
    pub officer_id: Option<Id>,
    pub country: String,
    pub customer: String,
    pub docket: Option<String>,
    pub is_emergency: bool,
    pub received_at: Ts,
    pub return_by: Option<NaiveDate>,
    pub paper: String,
    pub next_position: i32,
    pub scope_salt: String,
    pub scope_revision: i32,
    pub assessed_at: Option<Ts>,
    pub assessed_by: Option<Id>,
    pub assessed_revision: Option<i32>,
    pub drafted_at: Option<Ts>,
    pub drafted_by: Option<Id>,
    pub scope_hash: Option<String>,
    pub approvals_needed: Option<i32>,
    pub returned_at: Option<Ts>,
    pub returned_by: Option<Id>,
    pub returned_because: Option<String>,
    pub released_at: Option<Ts>,
    pub released_by: Option<Id>,
    pub released_to: Option<String>,
    pub release_method: Option<String>,
    pub manifest_sha256: Option<String>,
    pub release_files: Option<i32>,
    pub closed_at: Option<Ts>,
    pub closed_by: Option<Id>,
    pub closed_from: Option<String>,
    pub outcome: Option<String>,
    pub closing_note: Option<String>,
    pub opened_at: Ts,
    pub opened_by: Id,
    pub version: i32,
    pub assignee_id: Option<Id>,
    pub due_on: Option<NaiveDate>,
    pub stopped_days: i32,
    pub wait_kind: Option<String>,
    pub wait_because: Option<String>,
    pub wait_expected_on: Option<NaiveDate>,
    pub wait_by: Option<Id>,
    pub wait_at: Option<Ts>,
    pub ticks: String,
    pub redirects: String,
    pub redirect_result: Option<String>,
    pub has_override: bool,
    pub awaits_approval: bool,
    pub clocks: String,
    pub past_waits: String,
    pub late_at: Ts,
}

impl CaseRow {
    /// The row of a case as it stands.
    pub fn of(case: &Case) -> Result<CaseRow, StoreError> {
        let corrupt = |why: String| StoreError::corrupt("cases", case.id, why);
        let json = |text: serde_json::Result<String>| text.map_err(|e| corrupt(e.to_string()));
        let number = |n: u32| i32::try_from(n).map_err(|e| corrupt(e.to_string()));
        let (assessed, draft, release, closing) = (case.assessed(), case.draft(), case.released(), case.closing());
        let (returned, wait) = (case.progress.before_closing().returned(), case.wait.as_ref());
        let closed_from = match &case.progress {
            Progress::Closed(before, _) => Some(before.stage().as_str().to_owned()),
            _ => None,
        };
        Ok(CaseRow {
            id: Id(case.id.0),
            reference: case.reference.to_string(),
            stage: case.stage().as_str().to_owned(),
            compartment: case.compartment.as_str().to_owned(),
            named: json(serde_json::to_string(&case.named))?,
            team_id: Id(case.team.0),
            instrument: case.paper.instrument.as_str().to_owned(),
            agency_id: Id(case.paper.requester.agency.0),
            officer_id: case.paper.requester.officer.map(|o| Id(o.0)),
            country: case.paper.requester.country.to_string(),
            customer: case.paper.customer.as_str().to_owned(),
            docket: case.paper.docket.value().map(|d| crate::domain::text::search_key(d.as_str())),
            is_emergency: case.paper.claims_emergency(),
            received_at: Ts(case.paper.received_at),
            return_by: case.paper.return_by.value().copied(),
            paper: json(serde_json::to_string(&case.paper))?,
            next_position: number(case.next_position)?,
            scope_salt: case.scope.salt.clone(),
            scope_revision: number(case.scope.revision)?,
            assessed_at: assessed.map(|a| Ts(a.at)),
            assessed_by: assessed.map(|a| Id(a.by.0)),
            assessed_revision: assessed.map(|a| number(a.scope_revision)).transpose()?,
            drafted_at: draft.map(|d| Ts(d.at)),
            drafted_by: draft.map(|d| Id(d.by.0)),
            scope_hash: draft.map(|d| d.scope_hash.clone()),
            approvals_needed: draft.map(|d| i32::from(d.approvals_needed)),
            returned_at: returned.map(|r| Ts(r.at)),
            returned_by: returned.map(|r| Id(r.by.0)),
            returned_because: returned.map(|r| r.because.to_string()),
            released_at: release.map(|r| Ts(r.at)),
            released_by: release.map(|r| Id(r.by.0)),
            released_to: release.map(|r| r.to.to_string()),
            release_method: release.map(|r| r.method.as_str().to_owned()),
            manifest_sha256: release.map(|r| r.manifest_sha256.clone()),
            release_files: release.map(|r| number(r.files)).transpose()?,
            closed_at: closing.map(|c| Ts(c.at)),
            closed_by: closing.map(|c| Id(c.by.0)),
            closed_from,
            outcome: closing.map(|c| c.outcome.as_str().to_owned()),
            closing_note: closing.and_then(|c| c.note.as_ref()).map(ToString::to_string),
            opened_at: Ts(case.opened_at),
            opened_by: Id(case.opened_by.0),
            version: case.version,
            assignee_id: case.assignee.map(|a| Id(a.0)),
            due_on: case.due_on(),
            stopped_days: number(case.stopped_days)?,
            wait_kind: wait.map(|w| w.kind.as_str().to_owned()),
            wait_because: wait.map(|w| w.because.to_string()),
            wait_expected_on: wait.and_then(|w| w.expected_on),
            wait_by: wait.map(|w| Id(w.by.0)),
            wait_at: wait.map(|w| Ts(w.at)),
            ticks: json(serde_json::to_string(&case.ticks))?,
            redirects: json(serde_json::to_string(&case.redirects))?,
            redirect_result: case.last_redirect().map(|r| r.as_str().to_owned()),
            has_override: case.has_override(),
            awaits_approval: case.stage() == Stage::Approval && !case.is_open(Gate::Approved),
            clocks: json(serde_json::to_string(&case.clocks))?,
            past_waits: json(serde_json::to_string(&case.past_waits))?,
            late_at: Ts(late_at(case)),
        })
    }
}

/// When a case is late, as lists sort by it, never null: a stopped clock after every moment, none at the end.
fn late_at(case: &Case) -> Instant {
    if case.is_standing_still() { STOPPED } else { case.late_at().unwrap_or(NO_DATE) }
}
