//! Lists of collection tasks, and what a report counts. The queue is in `queue`.

use chrono::NaiveDate;
use diesel::dsl::{count, count_star};
use diesel::prelude::*;
use std::collections::BTreeMap;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::{cases, demands};
use super::types::{Id, Ts};
use crate::domain::decision::DecisionKind;
use crate::domain::id::CaseId;
use crate::domain::instrument::Instrument;
use crate::domain::outcome::Outcome;
use crate::domain::redirect::RedirectResult;
use crate::domain::requester::CustomerType;
use crate::domain::staff::Staff;
use crate::domain::stage::{Compartment, Stage};

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
    /// The case.
    pub id: CaseId,
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
            id: CaseId(id.0),
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
