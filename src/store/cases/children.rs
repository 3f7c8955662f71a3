//! Rows that belong to a case: demands, checks, secrecy orders, scope edits, approvals.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::domain::assessment::Assessment;
use crate::domain::case::{Answer, ScopeEdit};
use crate::domain::decision::{Approval, CollectionResult, Decision};
use crate::domain::demand::{Asked, Demand, Period};
use crate::domain::id::{ApprovalId, CaseId, CheckId, DemandId, SecrecyOrderId, StaffId};
use crate::domain::identifier::Identifier;
use crate::domain::redirect::Organisation;
use crate::domain::secrecy::SecrecyOrder;
use crate::domain::text::{Line, Prose};
use crate::domain::time::Instant;
use crate::domain::verification::Check;
use crate::store::error::StoreError;
use crate::store::replay::cells_of;
use crate::store::schema::{approvals, checks, demands, scope_edits, secrecy_orders};
use crate::store::types::{Id, Ts};

/// One row of `demands`, with its assessment, decision and result.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = demands, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct DemandRow {
    pub id: Id,
    pub case_id: Id,
    pub position: i32,
    pub identifier_kind: String,
    pub identifier_received: String,
    pub identifier_normalised: String,
    pub identifier_at: Option<Ts>,
    pub identifier_port: Option<i32>,
    pub service: String,
    pub category: String,
    pub data_class: String,
    pub words: Option<String>,
    pub period_from: Option<NaiveDate>,
    pub period_to: Option<NaiveDate>,
    pub in_signed_paper: Option<bool>,
    pub is_ours: Option<bool>,
    pub assessment: Option<String>,
    pub decision: Option<String>,
    pub decision_reason: Option<String>,
    pub redirect_to: Option<String>,
    pub decision_note: Option<String>,
    pub override_reason: Option<String>,
    pub result: Option<String>,
    pub result_account: Option<String>,
    pub result_files: Option<String>,
    pub result_by: Option<Id>,
    pub result_at: Option<Ts>,
    pub removed_at: Option<Ts>,
    pub organisation_name: Option<String>,
    pub organisation_contact: Option<String>,
    pub organisation_reach: Option<String>,
}

/// Reads a word of a closed list out of a column.
pub fn word<T: std::str::FromStr>(table: &'static str, id: impl ToString, text: &str) -> Result<T, StoreError>
where
    T::Err: ToString,
{
    text.parse().map_err(|e: T::Err| StoreError::corrupt(table, id, e))
}

/// Reads one line of text out of a column.
pub fn line(table: &'static str, id: impl ToString, text: &str) -> Result<Line, StoreError> {
    Line::parse(table, text).map_err(|e| StoreError::corrupt(table, id, e))
}

/// Reads several lines of text out of a column.
pub fn prose(table: &'static str, id: impl ToString, text: &str) -> Result<Prose, StoreError> {
    Prose::parse(table, text).map_err(|e| StoreError::corrupt(table, id, e))
}

const DEMANDS: &str = "demands";

impl DemandRow {
    /// A new demand's row.
    pub fn of(case: CaseId, demand: &Demand) -> Result<DemandRow, StoreError> {
        let asked = &demand.asked;
        let organisation = asked.organisation.as_ref();
        let position = i32::try_from(demand.position).map_err(|e| StoreError::corrupt(DEMANDS, demand.id, e))?;
        Ok(DemandRow {
            id: Id(demand.id.0),
            case_id: Id(case.0),
            position,
            identifier_kind: asked.identifier.kind.as_str().to_owned(),
            identifier_received: asked.identifier.received.clone(),
            identifier_normalised: asked.identifier.normalised.clone(),
            identifier_at: asked.identifier.at.map(|at| Ts(Instant::new(at))),
            identifier_port: asked.identifier.port.map(i32::from),
            service: asked.service.clone(),
            category: asked.category.clone(),
            data_class: asked.data_class.as_str().to_owned(),
            words: asked.words.as_ref().map(ToString::to_string),
            period_from: asked.period.from,
            period_to: asked.period.to,
            in_signed_paper: asked.in_signed_paper,
            is_ours: asked.is_ours,
            assessment: None,
            decision: None,
            decision_reason: None,
            redirect_to: None,
            decision_note: None,
            override_reason: None,
            result: None,
            result_account: None,
            result_files: None,
            result_by: None,
            result_at: None,
            removed_at: None,
            organisation_name: organisation.map(|o| o.name.to_string()),
            organisation_contact: organisation.and_then(|o| o.contact.as_ref()).map(ToString::to_string),
            organisation_reach: organisation.and_then(|o| o.reach.as_ref()).map(ToString::to_string),
        })
    }

    /// The demand of this row.
    pub fn demand(&self) -> Result<Demand, StoreError> {
        let id = self.id.0;
        let corrupt = |why: String| StoreError::corrupt(DEMANDS, id, why);
        let port = self.identifier_port.map(u16::try_from).transpose().map_err(|e| corrupt(e.to_string()))?;
        let identifier = Identifier {
            kind: word(DEMANDS, id, &self.identifier_kind)?,
            received: self.identifier_received.clone(),
            normalised: self.identifier_normalised.clone(),
            at: self.identifier_at.map(|Ts(at)| at.as_datetime()),
            port,
        };
        let asked = Asked {
            identifier,
            service: self.service.clone(),
            category: self.category.clone(),
            data_class: word(DEMANDS, id, &self.data_class)?,
            words: self.words.as_deref().map(|w| line(DEMANDS, id, w)).transpose()?,
            period: Period { from: self.period_from, to: self.period_to },
            in_signed_paper: self.in_signed_paper,
            is_ours: self.is_ours,
            organisation: self.organisation()?,
        };
        let position = u32::try_from(self.position).map_err(|e| corrupt(e.to_string()))?;
        Ok(Demand { id: DemandId(id), position, asked })
    }

    fn organisation(&self) -> Result<Option<Organisation>, StoreError> {
        let read = |text: &Option<String>| text.as_deref().map(|t| line(DEMANDS, self.id.0, t)).transpose();
        let Some(name) = read(&self.organisation_name)? else { return Ok(None) };
        let (contact, reach) = (read(&self.organisation_contact)?, read(&self.organisation_reach)?);
        Ok(Some(Organisation { name, contact, reach }))
    }

    /// The engine's answer kept on this row.
    pub fn answer(&self) -> Result<Option<Answer>, StoreError> {
        let Some(text) = &self.assessment else { return Ok(None) };
        let assessment: Assessment =
            serde_json::from_str(text).map_err(|e| StoreError::corrupt(DEMANDS, self.id.0, e))?;
        Ok(Some(Answer { demand: DemandId(self.id.0), assessment }))
    }

    /// The decision kept on this row.
    pub fn decision(&self) -> Result<Option<Decision>, StoreError> {
        let id = self.id.0;
        let Some(kind) = &self.decision else { return Ok(None) };
        Ok(Some(Decision {
            demand: DemandId(id),
            kind: word(DEMANDS, id, kind)?,
            reason: self.decision_reason.as_deref().map(|r| word(DEMANDS, id, r)).transpose()?,
            redirect_to: self.redirect_to.as_deref().map(|t| line(DEMANDS, id, t)).transpose()?,
            note: self.decision_note.as_deref().map(|n| line(DEMANDS, id, n)).transpose()?,
            override_reason: self.override_reason.as_deref().map(|r| prose(DEMANDS, id, r)).transpose()?,
        }))
    }

    /// The collection result kept on this row.
    pub fn result(&self) -> Result<Option<CollectionResult>, StoreError> {
        let id = self.id.0;
        let Some(outcome) = &self.result else { return Ok(None) };
        let missing = || StoreError::corrupt(DEMANDS, id, "a result without its account, collector or time");
        let files = self.result_files.as_deref().unwrap_or("[]");
        Ok(Some(CollectionResult {
            demand: DemandId(id),
            outcome: word(DEMANDS, id, outcome)?,
            account: prose(DEMANDS, id, self.result_account.as_deref().ok_or_else(missing)?)?,
            files: serde_json::from_str(files).map_err(|e| StoreError::corrupt(DEMANDS, id, e))?,
            by: StaffId(self.result_by.ok_or_else(missing)?.0),
            at: self.result_at.ok_or_else(missing)?.0,
        }))
    }
}

/// One row of `checks`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = checks, treat_none_as_default_value = false)]
pub struct CheckRow {
    pub id: Id,
    pub case_id: Id,
    pub method: String,
    pub result: String,
    pub account: String,
    pub checked_by: Id,
    pub checked_at: Ts,
    pub cleared_at: Option<Ts>,
    pub seq: i64,
}

impl CheckRow {
    pub fn of(case: CaseId, check: &Check, seq: i64) -> CheckRow {
        CheckRow {
            id: Id(check.id.0),
            case_id: Id(case.0),
            method: check.method.as_str().to_owned(),
            result: check.result.as_str().to_owned(),
            account: check.account.to_string(),
            checked_by: Id(check.by.0),
            checked_at: Ts(check.at),
            cleared_at: None,
            seq,
        }
    }

    pub fn check(&self) -> Result<Check, StoreError> {
        Ok(Check {
            id: CheckId(self.id.0),
            method: word("checks", self.id.0, &self.method)?,
            result: word("checks", self.id.0, &self.result)?,
            account: prose("checks", self.id.0, &self.account)?,
            by: StaffId(self.checked_by.0),
            at: self.checked_at.0,
        })
    }
}

/// One row of `secrecy_orders`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = secrecy_orders, treat_none_as_default_value = false)]
pub struct SecrecyRow {
    pub id: Id,
    pub case_id: Id,
    pub source: String,
    pub issuer: Option<String>,
    pub docket: Option<String>,
    pub grounds: Option<String>,
    pub starts_on: NaiveDate,
    pub ends: String,
    pub recorded_by: Id,
    pub recorded_at: Ts,
    pub seq: i64,
    pub last_on: Option<NaiveDate>,
}

impl SecrecyRow {
    pub fn of(case: CaseId, order: &SecrecyOrder, seq: i64) -> Result<SecrecyRow, StoreError> {
        let ends =
            serde_json::to_string(&order.ends_on).map_err(|e| StoreError::corrupt("secrecy_orders", order.id, e))?;
        Ok(SecrecyRow {
            id: Id(order.id.0),
            case_id: Id(case.0),
            source: order.source.as_str().to_owned(),
            issuer: order.issuer.as_ref().map(ToString::to_string),
            docket: order.docket.as_ref().map(ToString::to_string),
            grounds: order.grounds.as_ref().map(ToString::to_string),
            starts_on: order.starts_on,
            ends,
            recorded_by: Id(order.by.0),
            recorded_at: Ts(order.at),
            seq,
            last_on: order.ends_on.value().copied(),
        })
    }

    pub fn order(&self) -> Result<SecrecyOrder, StoreError> {
        let (table, id) = ("secrecy_orders", self.id.0);
        Ok(SecrecyOrder {
            id: SecrecyOrderId(id),
            source: word(table, id, &self.source)?,
            issuer: self.issuer.as_deref().map(|t| line(table, id, t)).transpose()?,
            docket: self.docket.as_deref().map(|t| line(table, id, t)).transpose()?,
            grounds: self.grounds.as_deref().map(|t| prose(table, id, t)).transpose()?,
            starts_on: self.starts_on,
            ends_on: serde_json::from_str(&self.ends).map_err(|e| StoreError::corrupt(table, id, e))?,
            by: StaffId(self.recorded_by.0),
            at: self.recorded_at.0,
        })
    }
}

/// One row of `scope_edits`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = scope_edits)]
pub struct ScopeEditRow {
    pub case_id: Id,
    pub revision: i32,
    pub staff_id: Id,
    pub edited_at: Ts,
}

impl ScopeEditRow {
    pub fn of(case: CaseId, edit: ScopeEdit) -> Result<ScopeEditRow, StoreError> {
        let revision = i32::try_from(edit.revision).map_err(|e| StoreError::corrupt("scope_edits", case, e))?;
        Ok(ScopeEditRow { case_id: Id(case.0), revision, staff_id: Id(edit.by.0), edited_at: Ts(edit.at) })
    }

    pub fn edit(&self) -> Result<ScopeEdit, StoreError> {
        let revision =
            u32::try_from(self.revision).map_err(|e| StoreError::corrupt("scope_edits", self.case_id.0, e))?;
        Ok(ScopeEdit { revision, by: StaffId(self.staff_id.0), at: self.edited_at.0 })
    }
}

/// One row of `approvals`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = approvals)]
pub struct ApprovalRow {
    pub id: Id,
    pub case_id: Id,
    pub scope_revision: i32,
    pub scope_hash: String,
    pub staff_id: Id,
    pub approved_at: Ts,
    pub seq: i64,
}

impl ApprovalRow {
    pub fn of(case: CaseId, approval: &Approval, seq: i64) -> Result<ApprovalRow, StoreError> {
        let revision =
            i32::try_from(approval.scope_revision).map_err(|e| StoreError::corrupt("approvals", approval.id, e))?;
        Ok(ApprovalRow {
            id: Id(approval.id.0),
            case_id: Id(case.0),
            scope_revision: revision,
            scope_hash: approval.scope_hash.clone(),
            staff_id: Id(approval.by.0),
            approved_at: Ts(approval.at),
            seq,
        })
    }

    pub fn approval(&self) -> Result<Approval, StoreError> {
        let revision =
            u32::try_from(self.scope_revision).map_err(|e| StoreError::corrupt("approvals", self.id.0, e))?;
        Ok(Approval {
            id: ApprovalId(self.id.0),
            scope_revision: revision,
            scope_hash: self.scope_hash.clone(),
            by: StaffId(self.staff_id.0),
            at: self.approved_at.0,
        })
    }
}

cells_of!(DemandRow {
    id,
    case_id,
    position,
    identifier_kind,
    identifier_received,
    identifier_normalised,
    identifier_at,
    identifier_port,
    service,
    category,
    data_class,
    words,
    period_from,
    period_to,
    in_signed_paper,
    is_ours,
    assessment,
    decision,
    decision_reason,
    redirect_to,
    decision_note,
    override_reason,
    result,
    result_account,
    result_files,
    result_by,
    result_at,
    removed_at,
    organisation_name,
    organisation_contact,
    organisation_reach,
});
cells_of!(CheckRow { id, case_id, method, result, account, checked_by, checked_at, cleared_at, seq });
cells_of!(SecrecyRow {
    id,
    case_id,
    source,
    issuer,
    docket,
    grounds,
    starts_on,
    ends,
    recorded_by,
    recorded_at,
    seq,
    last_on,
});
cells_of!(ScopeEditRow { case_id, revision, staff_id, edited_at });
cells_of!(ApprovalRow { id, case_id, scope_revision, scope_hash, staff_id, approved_at, seq });
