//! Remind of clocks: at the points where their rules warn, a few days before, and when they have passed; a late duty is
//! escalated. Each occasion once, whoever answers for it.

use std::collections::BTreeSet;

use chrono::{Days, TimeDelta};

use super::{ActionError, Ctx};
use crate::domain::case::Case;
use crate::domain::clock::{ClockKind, ClockOwner};
use crate::domain::id::{CaseId, StaffId};
use crate::domain::mail::{MailKind, NewMail};
use crate::domain::staff::{Role, Staff};
use crate::domain::time::Instant;
use crate::store::clocks::{self, RunningClock};
use crate::store::{Conn, StoreError, cases, outbox, staff};

/// How many clocks are read at a time.
const AT_A_TIME: i64 = 1000;

/// How long after its end a clock is still looked at: a program that stood still for longer tells of it on its pages alone.
const LOOKED_BACK: TimeDelta = TimeDelta::days(31);

/// Something of which somebody is told once.
struct Occasion {
    case: CaseId,
    kind: MailKind,
    owner: ClockOwner,
    once: String,
}

/// Puts reminders in the outbox: of clocks whose warnings have come, of those that end within so many days, today
/// included, and of duties that are late. Returns how many.
///
/// # Errors
/// When the store fails.
pub fn remind(ctx: &Ctx, within_days: u32) -> Result<usize, ActionError> {
    let now = ctx.now();
    let mails = ctx.store.read(|conn| new_reminders(conn, now, within_days))?;
    if mails.is_empty() {
        return Ok(0);
    }
    ctx.store.housekeep(|broom| mails.iter().try_for_each(|mail| broom.remind(mail, now)))?;
    Ok(mails.len())
}

fn new_reminders(conn: &mut Conn, now: Instant, within_days: u32) -> Result<Vec<NewMail>, StoreError> {
    // Days are counted whole: what ends in the course of the last one is near too.
    let last = now.day().checked_add_days(Days::new(u64::from(within_days).saturating_add(2)));
    let until = last.and_then(|day| day.and_hms_opt(0, 0, 0)).map_or(now, |at| Instant::new(at.and_utc()));
    let (mut mails, mut from) = (Vec::new(), 0);
    loop {
        let running = clocks::list_to_warn(conn, (now.plus(-LOOKED_BACK), now, until), (from, AT_A_TIME))?;
        let occasions = running.iter().flat_map(|(case, clock)| occasions(*case, clock, now, within_days)).collect();
        mails.extend(mails_on(conn, occasions)?);
        from += AT_A_TIME;
        if i64::try_from(running.len()).unwrap_or(i64::MAX) < AT_A_TIME {
            return Ok(mails);
        }
    }
}

/// The mails on those occasions of which nobody was told yet.
fn mails_on(conn: &mut Conn, occasions: Vec<Occasion>) -> Result<Vec<NewMail>, StoreError> {
    let names: Vec<String> = occasions.iter().map(|one| one.once.clone()).collect();
    let known: BTreeSet<String> = outbox::known_occasions(conn, &names)?.into_iter().collect();
    let mut mails = Vec::new();
    for one in occasions.into_iter().filter(|one| !known.contains(&one.once)) {
        let case = cases::get(conn, one.case)?;
        for (at, who) in whom(conn, &case, &one)?.into_iter().enumerate() {
            // The first takes the occasion; the others have their own.
            let once = if at == 0 { one.once.clone() } else { format!("{}/{}", one.once, who.id) };
            mails.push(NewMail { to: who.id, kind: one.kind, reference: Some(case.reference.clone()), once });
        }
    }
    Ok(mails)
}

/// What of a clock is to be told by now: the last warning that has come, or that it is late.
fn occasions(case: CaseId, clock: &RunningClock, now: Instant, within_days: u32) -> Vec<Occasion> {
    let is_answer = clock.kind == ClockKind::Answer;
    let one = |kind: MailKind, point: Instant, owner| Occasion {
        case,
        kind,
        owner,
        once: format!("{kind}/{case}/{}/{}", clock.rule, point.as_micros()),
    };
    if now >= clock.due_at {
        if !clock.kind.is_duty() {
            return Vec::new();
        }
        let kind = if is_answer { MailKind::Late } else { MailKind::ClockLate };
        return vec![
            one(kind, clock.due_at, clock.owner),
            one(MailKind::ClockEscalated, clock.due_at, ClockOwner::Reviewers),
        ];
    }
    let is_near = (clock.due_on - now.day()) <= TimeDelta::days(i64::from(within_days));
    let near = is_near.then(|| clock.due_at.plus(-TimeDelta::days(i64::from(within_days).saturating_add(1))));
    let passed = clock.warn_at.iter().copied().filter(|at| *at <= now).chain(near).max();
    let kind = if is_answer { MailKind::DueSoon } else { MailKind::ClockWarns };
    passed.map(|point| one(kind, point, clock.owner)).into_iter().collect()
}

/// Whom an occasion is for, of those who can be reached and may know of the case: whoever answers for the case, or
/// everybody of the role that answers for the clock, and where there is nobody again whoever answers for the case.
fn whom(conn: &mut Conn, case: &Case, one: &Occasion) -> Result<Vec<Staff>, StoreError> {
    let role = match one.owner {
        ClockOwner::Assignee => None,
        ClockOwner::Reviewers => Some(Role::Reviewer),
        ClockOwner::Fulfillers => Some(Role::Fulfiller),
    };
    if let Some(role) = role {
        let mut all = staff::list_reachable(conn, &[role])?;
        all.retain(|who| one.kind.concerns(case, who));
        if !all.is_empty() {
            return Ok(all);
        }
    }
    for id in answering(case) {
        let found = staff::find(conn, id)?;
        if let Some(who) = found.filter(|who| who.email.is_some() && one.kind.concerns(case, who)) {
            return Ok(vec![who]);
        }
    }
    Ok(Vec::new())
}

/// Who answers for a case, nearest first: whoever has it, whoever drafted, whoever opened it.
fn answering(case: &Case) -> impl Iterator<Item = StaffId> {
    let drafted = case.draft().map(|draft| draft.by);
    case.assignee.into_iter().chain(drafted).chain([case.opened_by])
}
