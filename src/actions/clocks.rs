//! The clocks of cases: counted after every act that may change them, moved, settled, and listed over all cases.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::on_case::{OnCase, act};
use super::{ActionError, Ctx, SignedIn};
use crate::clock::Almanac;
use crate::domain::case::Case;
use crate::domain::clock::{AgendaFilter, Clock, ClockMoved, ClockSettled, Counted};
use crate::domain::id::StaffId;
use crate::domain::staff::{Actor, Verb};
use crate::domain::text::Prose;
use crate::domain::time::Instant;
use crate::law::{Rulebook, clock as ordered, of_case};
use crate::store::clocks::{self, RunningClock};
use crate::store::queue::CaseLine;
use crate::store::{StoreError, Tx, cases, staff};

/// How many clocks an agenda shows.
pub const AGENDA_LINES: i64 = 200;

/// How many cases whose clocks were never counted are counted at a time.
const COUNTED_AT_ONCE: i64 = 500;

/// The clocks of a case under these rules.
pub fn counted(ctx: &Ctx, rulebook: &Rulebook, case: &Case) -> Vec<Counted> {
    let facts = of_case::facts_of_clocks(case, &ctx.provider);
    ctx.almanac.count(case, &ordered::orders(rulebook, &facts))
}

/// Counts the clocks of a case anew under the rules in force, in the write of the act that may have changed them. Where
/// all come out as before, nothing is written.
///
/// # Errors
/// When the store fails or the rules in force can't be read.
pub(super) fn recount(ctx: &Ctx, tx: &mut Tx<'_>, case: Case) -> Result<Case, ActionError> {
    if case.closing().is_some() {
        return Ok(case);
    }
    let rulebook = super::law::of_act(&ctx.law, tx)?;
    let clocks = counted(ctx, &rulebook, &case);
    match case.clone().count_clocks(clocks) {
        Some(change) => Ok(tx.apply(change)?),
        None => Ok(case),
    }
}

/// Counts the clocks of open cases that state a day and have none: those opened before clocks were counted. Returns how
/// many have some now.
///
/// # Errors
/// When the store fails.
pub fn count_uncounted(ctx: &Ctx) -> Result<usize, ActionError> {
    let left = ctx.store.read(|conn| clocks::list_uncounted(conn, COUNTED_AT_ONCE))?;
    let mut done = 0;
    for id in left {
        let case = ctx.store.read(|conn| cases::get(conn, id))?;
        if counted(ctx, &ctx.rulebook(), &case).is_empty() {
            continue;
        }
        let within = ctx.clone();
        let counted = ctx.write_as(Actor::System("clocks"), move |tx| {
            let case = cases::get(tx.conn(), id)?;
            recount(&within, tx, case).map(|_| ())
        });
        match counted {
            Ok(()) => done += 1,
            // Another node, or an act on the case, was first.
            Err(ActionError::Store(StoreError::Unrecorded)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// A clock's new end as a person gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveClock {
    /// The rule that orders the clock.
    pub clock: String,
    /// The last day now, at the place of the clock.
    pub due_on: NaiveDate,
    /// On what that rests.
    pub because: Prose,
}

/// Moves a clock to the end of another day.
///
/// # Errors
/// [`ActionError::Invalid`] for a day that is over, and as every verb on a case.
pub fn move_clock(ctx: &Ctx, who: &SignedIn, on: &OnCase, with: MoveClock) -> Result<Case, ActionError> {
    let almanac = ctx.almanac.clone();
    act(ctx, who, on, Verb::MoveClock, move |case, acting, _| {
        let MoveClock { clock, due_on, because } = with;
        let zone = case.clock(&clock).map(|clock| clock.counted.zone.clone()).unwrap_or_default();
        let due_at = almanac.end_of(&zone, due_on).unwrap_or(acting.now);
        if case.clock(&clock).is_some() && due_at <= acting.now {
            return Err(ActionError::invalid("due_on", "This day is over; give a day from today on."));
        }
        let (by, at) = (acting.who.id, acting.now);
        Ok(case.move_clock(ClockMoved { clock, due_on, due_at, because, by, at })?)
    })
}

/// Says that a clock is done with.
///
/// # Errors
/// As every verb on a case.
pub fn settle_clock(
    ctx: &Ctx,
    who: &SignedIn,
    on: &OnCase,
    clock: String,
    account: Prose,
) -> Result<Case, ActionError> {
    act(ctx, who, on, Verb::SettleClock, move |case, acting, _| {
        let (by, at) = (acting.who.id, acting.now);
        Ok(case.settle_clock(ClockSettled { clock, account, by, at })?)
    })
}

/// The clocks of the cases a person works on.
#[derive(Debug, Clone)]
pub struct Agenda {
    /// The soonest first, at most [`AGENDA_LINES`], each with the line of its case.
    pub lines: Vec<(RunningClock, CaseLine)>,
    /// How many duties are late.
    pub late: i64,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
}

/// The agenda of somebody who works on cases.
///
/// # Errors
/// A refusal, which goes to the log, and when the store fails.
pub fn agenda(ctx: &Ctx, who: &SignedIn, filter: AgendaFilter) -> Result<Agenda, ActionError> {
    super::list_cases::ask(ctx, who)?;
    let now = ctx.now();
    Ok(ctx.store.read(|conn| {
        Ok::<_, StoreError>(Agenda {
            lines: clocks::list_agenda(conn, &who.staff, filter, AGENDA_LINES)?,
            late: clocks::count_late(conn, &who.staff, now)?,
            names: staff::names(conn)?,
        })
    })?)
}

/// The end of a clock as people at its place read it.
pub fn end_of(clock: &Clock) -> String {
    end_at(&clock.counted.zone, clock.due_at())
}

/// A moment as people at a place read it: `Mon 23 Nov 2026 24:00 CET` for the end of a day.
pub fn end_at(zone: &str, at: Instant) -> String {
    Almanac::written(zone, at)
}
