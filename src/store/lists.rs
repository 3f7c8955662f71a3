//! Lists of cases, by keyset, and what a report counts.

use chrono::NaiveDate;
use diesel::dsl::{count, count_star};
use diesel::prelude::*;
use std::collections::BTreeMap;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::{agencies, cases, demands};
use super::types::{Id, Ts};
use crate::domain::decision::DecisionKind;
use crate::domain::id::{CaseId, StaffId, TeamId};
use crate::domain::instrument::Instrument;
use crate::domain::outcome::Outcome;
use crate::domain::redirect::RedirectResult;
use crate::domain::requester::CustomerType;
use crate::domain::staff::Staff;
use crate::domain::stage::{Compartment, Stage};
use crate::domain::time::Instant;

/// One line of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseLine {
    /// The case.
    pub id: CaseId,
    /// Its name among people.
    pub reference: String,
    /// Where it stands.
    pub stage: Stage,
    /// Who may know of it.
    pub compartment: Compartment,
    /// The kind of paper.
    pub instrument: Instrument,
    /// Whether it is an emergency.
    pub is_emergency: bool,
    /// The agency's name.
    pub agency: String,
    /// The agency's country.
    pub country: String,
    /// When it was served.
    pub received_at: Instant,
    /// When an answer is due, as the paper states.
    pub return_by: Option<NaiveDate>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Who opened it.
    pub opened_by: StaffId,
    /// Who drafted its decision last.
    pub drafted_by: Option<StaffId>,
    /// How many demands it has.
    pub demands: i64,
}

/// Which cases a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// All that are not closed.
    Open,
    /// At one stage.
    At(Stage),
    /// Emergencies not closed.
    Emergency,
}

/// The place after which a page goes on: the last line of the page before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// Its service date.
    pub received_at: Instant,
    /// Its id.
    pub id: CaseId,
}

#[derive(Queryable)]
struct LineRow {
    id: Id,
    reference: String,
    stage: String,
    compartment: String,
    instrument: String,
    is_emergency: bool,
    agency: String,
    country: String,
    received_at: Ts,
    return_by: Option<NaiveDate>,
    outcome: Option<String>,
    opened_by: Id,
    drafted_by: Option<Id>,
}

/// A page of the cases a person works on, oldest served first: two statements.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_cases(
    conn: &mut Conn,
    who: &Staff,
    lane: Lane,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<CaseLine>, StoreError> {
    let teams: Vec<Id> = who.teams.iter().map(|t: &TeamId| Id(t.0)).collect();
    let mut query = cases::table.inner_join(agencies::table).filter(cases::team_id.eq_any(teams)).into_boxed();
    query = match lane {
        Lane::Open => query.filter(cases::stage.ne(Stage::Closed.as_str())),
        Lane::At(stage) => query.filter(cases::stage.eq(stage.as_str())),
        Lane::Emergency => query.filter(cases::is_emergency.eq(true).and(cases::stage.ne(Stage::Closed.as_str()))),
    };
    let mine = format!("%\"{}\"%", who.id);
    let in_ordinary = cases::compartment.eq(Compartment::Ordinary.as_str());
    let in_restricted = cases::compartment.eq(Compartment::Restricted.as_str()).and(cases::named.like(mine));
    query = if who.is_cleared {
        let in_sealed = cases::compartment.eq(Compartment::NationalSecurity.as_str());
        query.filter(in_ordinary.or(in_restricted).or(in_sealed))
    } else {
        query.filter(in_ordinary.or(in_restricted))
    };
    if let Some(after) = after {
        let (at, id) = (Ts(after.received_at), Id(after.id.0));
        query = query.filter(cases::received_at.gt(at).or(cases::received_at.eq(at).and(cases::id.gt(id))));
    }
    let rows: Vec<LineRow> = query
        .order((cases::received_at.asc(), cases::id.asc()))
        .limit(limit)
        .select((
            cases::id,
            cases::reference,
            cases::stage,
            cases::compartment,
            cases::instrument,
            cases::is_emergency,
            agencies::name,
            cases::country,
            cases::received_at,
            cases::return_by,
            cases::outcome,
            cases::opened_by,
            cases::drafted_by,
        ))
        .load(conn)?;
    let counts = demand_counts(conn, rows.iter().map(|r| r.id).collect())?;
    rows.into_iter().map(|row| line(row, &counts)).collect()
}

/// How many of a person's cases stand at each stage.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn count_by_stage(conn: &mut Conn, who: &Staff) -> Result<BTreeMap<Stage, i64>, StoreError> {
    let teams: Vec<Id> = who.teams.iter().map(|t| Id(t.0)).collect();
    let rows: Vec<(String, i64)> = cases::table
        .filter(cases::team_id.eq_any(teams).and(cases::compartment.eq(Compartment::Ordinary.as_str())))
        .group_by(cases::stage)
        .select((cases::stage, count_star()))
        .load(conn)?;
    let read = |(stage, n): (String, i64)| {
        let stage =
            stage.parse().map_err(|e: crate::domain::words::UnknownWord| StoreError::corrupt("cases", "stage", e))?;
        Ok((stage, n))
    };
    rows.into_iter().map(read).collect()
}

/// A collection task in the list of what waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskLine {
    /// The case's name; the task goes by it.
    pub reference: String,
    /// How many demands were granted.
    pub granted: i64,
    /// How many have their result.
    pub done: i64,
}

/// Tasks with something left to collect, oldest served first: three statements.
///
/// # Errors
/// When the database fails.
pub fn list_tasks(conn: &mut Conn, who: &Staff, limit: i64) -> Result<Vec<TaskLine>, StoreError> {
    let mut visible = vec![Compartment::Ordinary.as_str()];
    if who.is_cleared {
        visible.push(Compartment::NationalSecurity.as_str());
    }
    let rows: Vec<(Id, String)> = cases::table
        .filter(cases::stage.eq(Stage::Fulfilment.as_str()).and(cases::compartment.eq_any(visible)))
        .order((cases::received_at.asc(), cases::id.asc()))
        .limit(limit)
        .select((cases::id, cases::reference))
        .load(conn)?;
    let ids: Vec<Id> = rows.iter().map(|(id, _)| *id).collect();
    let grants: Vec<&str> = DecisionKind::ALL.iter().filter(|k| k.grants()).map(|k| k.as_str()).collect();
    let counted = |conn: &mut Conn, only_done: bool| -> Result<BTreeMap<Id, i64>, StoreError> {
        let mut query = demands::table
            .filter(demands::case_id.eq_any(ids.clone()).and(demands::removed_at.is_null()))
            .filter(demands::decision.eq_any(grants.clone()))
            .group_by(demands::case_id)
            .select((demands::case_id, count_star()))
            .into_boxed();
        if only_done {
            query = query.filter(demands::result.is_not_null());
        }
        Ok(query.load::<(Id, i64)>(conn)?.into_iter().collect())
    };
    let (granted, done) = (counted(conn, false)?, counted(conn, true)?);
    let count = |of: &BTreeMap<Id, i64>, id: &Id| of.get(id).copied().unwrap_or(0);
    let line = |(id, reference)| TaskLine { granted: count(&granted, &id), done: count(&done, &id), reference };
    Ok(rows.into_iter().map(line).collect())
}

/// What the transparency report counts of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedCase {
    /// The day it was served, UTC.
    pub received_on: NaiveDate,
    /// The asking country.
    pub country: String,
    /// The kind of paper.
    pub instrument: Instrument,
    /// The kind of customer.
    pub customer: CustomerType,
    /// How many different accounts it asks about.
    pub identifiers: i64,
    /// How it ended; `None` while it is open.
    pub outcome: Option<Outcome>,
    /// What last became of a redirect on it, if one was answered.
    pub disclosed_by: Option<RedirectResult>,
    /// The services its demands name, each once.
    pub services: Vec<String>,
}

/// Id, service, country, instrument, customer, outcome, what became of its redirect.
type CountedRow = (Id, Ts, String, String, String, Option<String>, Option<String>);

/// Every case that published figures may count. National-security cases are counted apart and never come here.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn counted_cases(conn: &mut Conn) -> Result<Vec<CountedCase>, StoreError> {
    let accounts: Vec<(Id, i64)> = demands::table
        .filter(demands::removed_at.is_null())
        .group_by(demands::case_id)
        .select((demands::case_id, count(demands::identifier_normalised).aggregate_distinct()))
        .load(conn)?;
    let accounts: BTreeMap<Id, i64> = accounts.into_iter().collect();
    let named: Vec<(Id, String)> = demands::table
        .filter(demands::removed_at.is_null())
        .select((demands::case_id, demands::service))
        .distinct()
        .load(conn)?;
    let mut services: BTreeMap<Id, Vec<String>> = BTreeMap::new();
    for (case, service) in named {
        services.entry(case).or_default().push(service);
    }
    let rows: Vec<CountedRow> = cases::table
        .filter(cases::compartment.ne(Compartment::NationalSecurity.as_str()))
        .order((cases::received_at.asc(), cases::id.asc()))
        .select((
            cases::id,
            cases::received_at,
            cases::country,
            cases::instrument,
            cases::customer,
            cases::outcome,
            cases::redirect_result,
        ))
        .load(conn)?;
    let read = |(id, Ts(at), country, instrument, customer, outcome, redirect): CountedRow| {
        let bad = |e: crate::domain::words::UnknownWord| StoreError::corrupt("cases", id.0, e);
        Ok(CountedCase {
            received_on: at.day(),
            country,
            instrument: instrument.parse().map_err(bad)?,
            customer: customer.parse().map_err(bad)?,
            identifiers: accounts.get(&id).copied().unwrap_or(0),
            outcome: outcome.as_deref().map(str::parse).transpose().map_err(bad)?,
            disclosed_by: redirect.as_deref().map(str::parse).transpose().map_err(bad)?,
            services: services.remove(&id).unwrap_or_default(),
        })
    };
    rows.into_iter().map(read).collect()
}

fn demand_counts(conn: &mut Conn, ids: Vec<Id>) -> Result<BTreeMap<Id, i64>, StoreError> {
    let rows: Vec<(Id, i64)> = demands::table
        .filter(demands::case_id.eq_any(ids).and(demands::removed_at.is_null()))
        .group_by(demands::case_id)
        .select((demands::case_id, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

fn line(row: LineRow, counts: &BTreeMap<Id, i64>) -> Result<CaseLine, StoreError> {
    let bad = |e: crate::domain::words::UnknownWord| StoreError::corrupt("cases", row.id.0, e);
    Ok(CaseLine {
        id: CaseId(row.id.0),
        stage: row.stage.parse().map_err(bad)?,
        compartment: row.compartment.parse().map_err(bad)?,
        instrument: row.instrument.parse().map_err(bad)?,
        outcome: row.outcome.as_deref().map(str::parse).transpose().map_err(bad)?,
        demands: counts.get(&row.id).copied().unwrap_or(0),
        reference: row.reference,
        is_emergency: row.is_emergency,
        agency: row.agency,
        country: row.country,
        received_at: row.received_at.0,
        return_by: row.return_by,
        opened_by: StaffId(row.opened_by.0),
        drafted_by: row.drafted_by.map(|d| StaffId(d.0)),
    })
}
