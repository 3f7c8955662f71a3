//! The clocks that run, over all cases: for the agenda, for calendars and for reminders. What a clock is counted from
//! stands on its case; the rows here are written anew from there whenever that changes.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::on_backend;
use super::queue::line::LineRow;
use super::queue::{CaseLine, known_to};
use super::replay::cells_of;
use super::schema::{agencies, cases, clocks, feeds, staff};
use super::transaction::{About, Stored, Tx};
use super::types::{Id, Ts};
use crate::domain::case::Case;
use crate::domain::clock::{AgendaFilter, Clock, ClockKind, ClockOwner, Otherwise};
use crate::domain::event::Event;
use crate::domain::id::{CaseId, StaffId};
use crate::domain::staff::Staff;
use crate::domain::time::Instant;
use crate::domain::words::UnknownWord;

/// A clock that runs, as lists over all cases show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningClock {
    /// The rule that orders it.
    pub rule: String,
    /// What it is for.
    pub kind: ClockKind,
    /// What it is, in words.
    pub title: String,
    /// Who answers for it.
    pub owner: ClockOwner,
    /// What follows where nobody does anything.
    pub otherwise: Otherwise,
    /// The first moment at which it is too late.
    pub due_at: Instant,
    /// The last day, at the place.
    pub due_on: NaiveDate,
    /// The zone of the place.
    pub zone: String,
    /// The arithmetic on one line.
    pub told: String,
    /// When to warn, in order.
    pub warn_at: Vec<Instant>,
    /// Whether it stands still now.
    pub is_still: bool,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = clocks)]
pub(super) struct ClockRow {
    case_id: Id,
    rule: String,
    kind: String,
    title: String,
    owner: String,
    otherwise: String,
    due_at: Ts,
    due_on: NaiveDate,
    zone: String,
    told: String,
    warn_at: String,
    warn_from: Ts,
    is_still: bool,
}

impl ClockRow {
    /// The rows of a case's clocks that run.
    pub(super) fn all_of(case: &Case) -> Result<Vec<ClockRow>, StoreError> {
        case.running_clocks().into_iter().map(|clock| ClockRow::of(case, clock)).collect()
    }

    fn of(case: &Case, clock: &Clock) -> Result<ClockRow, StoreError> {
        let (counted, warn_at) = (&clock.counted, clock.warn_at());
        let told = match &clock.moved {
            None => counted.told.clone(),
            Some(moved) => format!("{}; moved to {}", counted.told, moved.due_on.format("%a %-d %b %Y")),
        };
        Ok(ClockRow {
            case_id: Id(case.id.0),
            rule: counted.rule.clone(),
            kind: counted.kind.as_str().to_owned(),
            title: counted.title.clone(),
            owner: counted.owner.as_str().to_owned(),
            otherwise: counted.otherwise.as_str().to_owned(),
            due_at: Ts(clock.due_at()),
            due_on: clock.due_on(),
            zone: counted.zone.clone(),
            told,
            warn_from: Ts(warn_at.first().copied().unwrap_or_else(|| clock.due_at())),
            warn_at: serde_json::to_string(&warn_at).map_err(|e| StoreError::corrupt("clocks", case.id, e))?,
            is_still: case.stands_still(clock).is_some(),
        })
    }

    fn clock(self) -> Result<RunningClock, StoreError> {
        let id = self.case_id.0;
        let bad = |e: UnknownWord| StoreError::corrupt("clocks", id, e);
        Ok(RunningClock {
            kind: self.kind.parse().map_err(bad)?,
            owner: self.owner.parse().map_err(bad)?,
            otherwise: self.otherwise.parse().map_err(bad)?,
            warn_at: serde_json::from_str(&self.warn_at).map_err(|e| StoreError::corrupt("clocks", id, e))?,
            rule: self.rule,
            title: self.title,
            due_at: self.due_at.0,
            due_on: self.due_on,
            zone: self.zone,
            told: self.told,
            is_still: self.is_still,
        })
    }
}

/// Writes the rows of a case's clocks anew.
pub(super) fn keep(tx: &mut Tx<'_>, case: &Case) -> Result<(), StoreError> {
    let rows = ClockRow::all_of(case)?;
    diesel::delete(clocks::table.filter(clocks::case_id.eq(Id(case.id.0)))).execute(tx.conn)?;
    insert_all(tx, &rows)
}

/// Inserts rows of clocks, few enough for one statement.
pub(super) fn insert_all(tx: &mut Tx<'_>, rows: &[ClockRow]) -> Result<(), StoreError> {
    if !rows.is_empty() {
        on_backend!(&mut *tx.conn, |c| diesel::insert_into(clocks::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// The clocks of the cases that a person works on, the soonest first, with the line of each case: one statement.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_agenda(
    conn: &mut Conn,
    who: &Staff,
    filter: AgendaFilter,
    limit: i64,
) -> Result<Vec<(RunningClock, CaseLine)>, StoreError> {
    let joined = clocks::table.inner_join(cases::table.inner_join(agencies::table)).into_boxed();
    let mut query = known_to!(joined, who);
    if filter.mine {
        query = query.filter(cases::assignee_id.eq(Id(who.id.0)));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(clocks::kind.eq(kind.as_str()));
    }
    let rows: Vec<(ClockRow, LineRow, String)> = query
        .order((clocks::due_at.asc(), clocks::case_id.asc(), clocks::rule.asc()))
        .limit(limit)
        .select((ClockRow::as_select(), LineRow::as_select(), agencies::name))
        .load(conn)?;
    rows.into_iter().map(|(clock, line, agency)| Ok((clock.clock()?, line.line(agency)?))).collect()
}

/// The clocks of all cases of which somebody is to be warned by a moment, the soonest first, one page after the other;
/// those that stand still are left out, and those that ended before `since`: they were told of.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_to_warn(
    conn: &mut Conn,
    (since, now, due_before): (Instant, Instant, Instant),
    (from, limit): (i64, i64),
) -> Result<Vec<(CaseId, RunningClock)>, StoreError> {
    let rows: Vec<ClockRow> = clocks::table
        .filter(clocks::warn_from.le(Ts(now)).or(clocks::due_at.le(Ts(due_before))))
        .filter(clocks::is_still.eq(false).and(clocks::due_at.ge(Ts(since))))
        .order((clocks::due_at.asc(), clocks::case_id.asc(), clocks::rule.asc()))
        .offset(from)
        .limit(limit)
        .select(ClockRow::as_select())
        .load(conn)?;
    rows.into_iter().map(|row| Ok((CaseId(row.case_id.0), row.clock()?))).collect()
}

/// How many duties of the cases a person works on are late.
///
/// # Errors
/// When the database fails.
pub fn count_late(conn: &mut Conn, who: &Staff, now: Instant) -> Result<i64, StoreError> {
    let duties: Vec<&str> = ClockKind::ALL.iter().filter(|kind| kind.is_duty()).map(|kind| kind.as_str()).collect();
    let joined = clocks::table.inner_join(cases::table).into_boxed();
    let late = known_to!(joined, who)
        .filter(clocks::due_at.le(Ts(now)).and(clocks::is_still.eq(false)))
        .filter(clocks::kind.eq_any(duties));
    Ok(late.count().get_result(conn)?)
}

/// Open cases that state a day to answer and have no clock yet, oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_uncounted(conn: &mut Conn, limit: i64) -> Result<Vec<CaseId>, StoreError> {
    let rows: Vec<Id> = cases::table
        .filter(cases::closed_at.is_null().and(cases::return_by.is_not_null()).and(cases::clocks.eq("[]")))
        .order((cases::opened_at.asc(), cases::id.asc()))
        .limit(limit)
        .select(cases::id)
        .load(conn)?;
    Ok(rows.into_iter().map(|id| CaseId(id.0)).collect())
}

/// The secret address of somebody's calendar, by the hash of the secret; none where it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Whose.
    pub staff: StaffId,
    /// SHA-256 of the secret, lower-case hex.
    pub secret_sha256: Option<String>,
}

impl Stored for Feed {
    fn about(&self) -> About {
        About::Register
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, _seq: i64) -> Result<(), StoreError> {
        diesel::delete(feeds::table.find(Id(self.staff.0))).execute(tx.conn)?;
        if let Some(hash) = &self.secret_sha256 {
            let row =
                (feeds::staff_id.eq(Id(self.staff.0)), feeds::secret_sha256.eq(hash), feeds::made_at.eq(Ts(tx.now())));
            diesel::insert_into(feeds::table).values(row).execute(tx.conn)?;
        }
        Ok(())
    }
}

/// Whose calendar reads at a secret address, by the hash of the secret. Nobody's who left.
///
/// # Errors
/// When the database fails.
pub fn find_feed(conn: &mut Conn, secret_sha256: &str) -> Result<Option<StaffId>, StoreError> {
    let found: Option<Id> = feeds::table
        .inner_join(staff::table)
        .filter(feeds::secret_sha256.eq(secret_sha256).and(staff::is_active.eq(true)))
        .select(feeds::staff_id)
        .first(conn)
        .optional()?;
    Ok(found.map(|id| StaffId(id.0)))
}

/// When somebody's calendar address was made, if there is one.
///
/// # Errors
/// When the database fails.
pub fn feed_of(conn: &mut Conn, who: StaffId) -> Result<Option<Instant>, StoreError> {
    let made: Option<Ts> = feeds::table.find(Id(who.0)).select(feeds::made_at).first(conn).optional()?;
    Ok(made.map(|Ts(at)| at))
}

cells_of!(ClockRow {
    case_id,
    rule,
    kind,
    title,
    owner,
    otherwise,
    due_at,
    due_on,
    zone,
    told,
    warn_at,
    warn_from,
    is_still,
});
