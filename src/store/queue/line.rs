//! One line of a list of cases: columns of the case and its agency, and what is counted beside it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Deserialize;

use super::known_to;
use crate::domain::case::CaseReference;
use crate::domain::id::{AgencyId, CaseId, StaffId, TeamId};
use crate::domain::instrument::Instrument;
use crate::domain::outcome::Outcome;
use crate::domain::queue::{After, AfterKey, STOPPED, SortBy};
use crate::domain::requester::CustomerType;
use crate::domain::staff::Staff;
use crate::domain::stage::{Compartment, Stage};
use crate::domain::stated::Stated;
use crate::domain::text::Line;
use crate::domain::time::Instant;
use crate::domain::wait::WaitKind;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::schema::{agencies, cases};
use crate::store::types::{Id, Ts};

/// One line of a list of cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseLine {
    /// The case.
    pub id: CaseId,
    /// Its name among people.
    pub reference: String,
    /// Its version, for acts from a list.
    pub version: i32,
    /// Where it stands.
    pub stage: Stage,
    /// Who may know of it.
    pub compartment: Compartment,
    /// The named people of a restricted case.
    pub named: BTreeSet<StaffId>,
    /// The team that works on it.
    pub team: TeamId,
    /// The kind of paper.
    pub instrument: Instrument,
    /// Whether it is an emergency.
    pub is_emergency: bool,
    /// The agency.
    pub agency_id: AgencyId,
    /// The agency's name.
    pub agency: String,
    /// The agency's country.
    pub country: String,
    /// The docket as the paper has it.
    pub docket: Option<String>,
    /// The kind of customer.
    pub customer: CustomerType,
    /// When it was served.
    pub received_at: Instant,
    /// When an answer is due.
    pub due_on: Option<NaiveDate>,
    /// The moment at which that is late, as lists sort by it, with [`STOPPED`] and [`NO_DATE`](crate::domain::queue::NO_DATE).
    pub late_at: Instant,
    /// What it waits for, and since when.
    pub wait: Option<(WaitKind, Instant)>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Who has it.
    pub assignee: Option<StaffId>,
    /// Who drafted its decision last.
    pub drafted_by: Option<StaffId>,
    /// The scope's hash, where a decision is drafted.
    pub scope_hash: Option<String>,
    /// How many approvals the draft needs.
    pub approvals_needed: u8,
    /// Who returned its draft, and when, where one came back.
    pub returned: Option<(StaffId, Instant)>,
    /// Whether a decision goes beyond its verdict.
    pub has_override: bool,
}

impl CaseLine {
    /// The wait that stops its clock, and since when.
    pub fn stopped(&self) -> Option<(WaitKind, Instant)> {
        self.wait.filter(|_| self.late_at == STOPPED && self.stage != Stage::Closed)
    }

    /// The place of this line in a list of an order.
    pub fn place(&self, order: SortBy) -> After {
        let key = match order {
            SortBy::Due => AfterKey::Due(self.late_at),
            SortBy::Received => AfterKey::Received(self.received_at),
            SortBy::Reference => AfterKey::Reference(self.reference.clone()),
            SortBy::Agency => AfterKey::Agency(self.agency_id),
            SortBy::Instrument => AfterKey::Instrument(self.instrument),
        };
        After { key, case: self.id }
    }
}

/// The columns of a line.
#[derive(Queryable, Selectable)]
#[diesel(table_name = cases)]
pub(in crate::store) struct LineRow {
    id: Id,
    reference: String,
    version: i32,
    stage: String,
    compartment: String,
    named: String,
    team_id: Id,
    instrument: String,
    is_emergency: bool,
    agency_id: Id,
    country: String,
    customer: String,
    received_at: Ts,
    due_on: Option<NaiveDate>,
    late_at: Ts,
    wait_kind: Option<String>,
    wait_at: Option<Ts>,
    outcome: Option<String>,
    assignee_id: Option<Id>,
    drafted_by: Option<Id>,
    scope_hash: Option<String>,
    approvals_needed: Option<i32>,
    returned_by: Option<Id>,
    returned_at: Option<Ts>,
    has_override: bool,
    paper: String,
}

/// Of the paper, a list shows the docket alone.
#[derive(Deserialize)]
struct Docketed {
    docket: Stated<Line>,
}

impl LineRow {
    pub(in crate::store) fn line(self, agency: String) -> Result<CaseLine, StoreError> {
        let id = self.id.0;
        let bad = |e: crate::domain::words::UnknownWord| StoreError::corrupt("cases", id, e);
        let paper: Docketed = serde_json::from_str(&self.paper).map_err(|e| StoreError::corrupt("cases", id, e))?;
        let wait = self.wait_kind.as_deref().map(str::parse).transpose().map_err(bad)?;
        let needed = self.approvals_needed.unwrap_or(0);
        Ok(CaseLine {
            id: CaseId(id),
            stage: self.stage.parse().map_err(bad)?,
            compartment: self.compartment.parse().map_err(bad)?,
            named: serde_json::from_str(&self.named).map_err(|e| StoreError::corrupt("cases", id, e))?,
            team: TeamId(self.team_id.0),
            instrument: self.instrument.parse().map_err(bad)?,
            customer: self.customer.parse().map_err(bad)?,
            outcome: self.outcome.as_deref().map(str::parse).transpose().map_err(bad)?,
            docket: paper.docket.value().map(ToString::to_string),
            wait: wait.zip(self.wait_at.map(|Ts(at)| at)),
            approvals_needed: u8::try_from(needed).map_err(|e| StoreError::corrupt("cases", id, e))?,
            returned: self.returned_by.zip(self.returned_at).map(|(by, Ts(at))| (StaffId(by.0), at)),
            reference: self.reference,
            version: self.version,
            is_emergency: self.is_emergency,
            agency_id: AgencyId(self.agency_id.0),
            agency,
            country: self.country,
            received_at: self.received_at.0,
            due_on: self.due_on,
            late_at: self.late_at.0,
            assignee: self.assignee_id.map(|a| StaffId(a.0)),
            drafted_by: self.drafted_by.map(|d| StaffId(d.0)),
            scope_hash: self.scope_hash,
            has_override: self.has_override,
        })
    }
}

/// The lines of these cases, newest served first, without those that this person may not know of.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn lines_of(conn: &mut Conn, who: &Staff, cases: &[CaseId]) -> Result<Vec<CaseLine>, StoreError> {
    let ids: Vec<Id> = cases.iter().map(|id| Id(id.0)).collect();
    let query = cases::table.inner_join(agencies::table).filter(cases::id.eq_any(ids)).into_boxed();
    let rows: Vec<(LineRow, String)> = known_to!(query, who)
        .order((cases::received_at.desc(), cases::id.desc()))
        .select((LineRow::as_select(), agencies::name))
        .load(conn)?;
    rows.into_iter().map(|(row, agency)| row.line(agency)).collect()
}

/// The line of one case; none where there is no such case for this person.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn line_of(conn: &mut Conn, who: &Staff, reference: &CaseReference) -> Result<Option<CaseLine>, StoreError> {
    let named_so = cases::reference.eq(reference.to_string());
    let query = cases::table.inner_join(agencies::table).filter(named_so).into_boxed();
    let row: Option<(LineRow, String)> =
        known_to!(query, who).select((LineRow::as_select(), agencies::name)).first(conn).optional()?;
    row.map(|(row, agency)| row.line(agency)).transpose()
}
