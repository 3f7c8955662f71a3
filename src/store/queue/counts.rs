//! How many cases stand in each lane, and how many wait for one person.

use diesel::dsl::{case_when, count_star, exists, not, sum};
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::{approved_by, edited_by, known_to};
use crate::domain::queue::DueIn;
use crate::domain::staff::{Staff, Verb, roles_for};
use crate::domain::time::Instant;
use crate::domain::wait::WaitKind;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::schema::{approvals, cases, scope_edits};
use crate::store::types::{Id, Ts};

/// How many cases stand in each lane, as far as one person may know of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open cases of this person.
    pub mine: i64,
    /// Open cases that nobody has.
    pub unassigned: i64,
    /// Open emergencies.
    pub emergency: i64,
    /// Open cases due within seven days, the late ones included.
    pub week: i64,
    /// Open cases that wait for the agency.
    pub waiting: i64,
    /// All open cases.
    pub open: i64,
    /// Open cases that are late.
    pub late: i64,
}

/// What the bar of every page counts for a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Desk {
    /// Open cases.
    pub open: i64,
    /// For whoever may approve: scopes that wait for this person. For others: their drafts that wait for somebody.
    pub approvals: i64,
}

/// Adds one for each row of which a condition is true.
macro_rules! count_if {
    ($condition:expr) => {
        sum(case_when($condition, 1.into_sql::<Integer>()).otherwise(0.into_sql::<Integer>()))
    };
}

/// Counts every lane of open cases: one statement. Closed ones only ever grow in number, and nobody works them off.
///
/// # Errors
/// When the database fails.
pub fn count_lanes(conn: &mut Conn, who: &Staff, now: Instant) -> Result<Counts, StoreError> {
    let due_in = |due: DueIn| Ts(due.until(now).unwrap_or(now));
    let open = cases::table.filter(cases::closed_at.is_null()).into_boxed();
    type Sums = (Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>, i64);
    let (mine, unassigned, emergency, week, waiting, late, open): Sums = known_to!(open, who)
        .select((
            count_if!(cases::assignee_id.eq(Id(who.id.0))),
            count_if!(cases::assignee_id.is_null()),
            count_if!(cases::is_emergency.eq(true)),
            count_if!(cases::late_at.le(due_in(DueIn::Week))),
            count_if!(cases::wait_kind.eq(WaitKind::AwaitingRequester.as_str())),
            count_if!(cases::late_at.le(due_in(DueIn::Late))),
            count_star(),
        ))
        .get_result(conn)?;
    let [mine, unassigned, emergency, week, waiting, late] =
        [mine, unassigned, emergency, week, waiting, late].map(|n| n.unwrap_or(0));
    Ok(Counts { mine, unassigned, emergency, week, waiting, open, late })
}

/// Counts what the bar shows: one statement.
///
/// # Errors
/// When the database fails.
pub fn count_desk(conn: &mut Conn, who: &Staff) -> Result<Desk, StoreError> {
    let me = Id(who.id.0);
    let open = known_to!(cases::table.filter(cases::closed_at.is_null()).into_boxed(), who);
    let awaits = cases::awaits_approval.eq(true);
    let (open, approvals): (i64, Option<i64>) = if roles_for(Verb::Approve).iter().any(|&role| who.is(role)) {
        let (edited, approved) = (edited_by!(me), approved_by!(me));
        open.select((count_star(), count_if!(awaits.and(not(edited)).and(not(approved))))).get_result(conn)?
    } else {
        open.select((count_star(), count_if!(awaits.and(cases::drafted_by.eq(me))))).get_result(conn)?
    };
    Ok(Desk { open, approvals: approvals.unwrap_or(0) })
}
