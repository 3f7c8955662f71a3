//! Lists of collection tasks. The queue is in `queue`.

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;
use std::collections::BTreeMap;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::{cases, demands};
use super::types::{Id, Ts};
use crate::domain::decision::DecisionKind;
use crate::domain::queue::STOPPED;
use crate::domain::staff::Staff;
use crate::domain::stage::{Compartment, Stage};
use crate::domain::time::Instant;

type TaskRow = (Id, String, Option<NaiveDate>, Ts);

/// A collection task in the list of what waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskLine {
    /// The case's name; the task goes by it.
    pub reference: String,
    /// How many demands were granted.
    pub granted: i64,
    /// How many have their result.
    pub done: i64,
    /// The day on which the next duty is due and the moment at which that is late; none where none is dated, or while its
    /// clock stands still.
    pub due: Option<(NaiveDate, Instant)>,
}

/// Tasks with something left to collect, the soonest due first: three statements.
///
/// # Errors
/// When the database fails.
pub fn list_tasks(conn: &mut Conn, who: &Staff, limit: i64) -> Result<Vec<TaskLine>, StoreError> {
    let mut visible = vec![Compartment::Ordinary.as_str()];
    if who.is_cleared {
        visible.push(Compartment::NationalSecurity.as_str());
    }
    let rows: Vec<TaskRow> = cases::table
        .filter(cases::stage.eq(Stage::Fulfilment.as_str()).and(cases::compartment.eq_any(visible)))
        .order((cases::late_at.asc(), cases::received_at.asc(), cases::id.asc()))
        .limit(limit)
        .select((cases::id, cases::reference, cases::due_on, cases::late_at))
        .load(conn)?;
    let ids: Vec<Id> = rows.iter().map(|row| row.0).collect();
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
    let line = |(id, reference, due_on, Ts(late_at)): TaskRow| TaskLine {
        granted: count(&granted, &id),
        done: count(&done, &id),
        due: due_on.filter(|_| late_at < STOPPED).map(|day| (day, late_at)),
        reference,
    };
    Ok(rows.into_iter().map(line).collect())
}
