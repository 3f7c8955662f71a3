//! Propose an erasure, and approve or decline one. What was approved is erased by the program itself, case after case.

use chrono::NaiveDate;

use super::on_case::{OnCase, beside};
use super::retention::{candidates_of, is_open_to};
use super::sign_in::SteppedUp;
use super::{ActionError, Ctx, SignedIn};
use crate::audit::erasure::Ground;
use crate::domain::change::Change;
use crate::domain::erasure::{AnsweredAs, Erasure, ErasureGround, ErasureItem, ErasureStanding, MOST};
use crate::domain::event::Event;
use crate::domain::id::{ErasureId, StaffId};
use crate::domain::refusal::Refusal;
use crate::domain::retention::Schedule;
use crate::domain::staff::{Staff, Verb, may};
use crate::domain::text::Prose;
use crate::domain::time::Instant;
use crate::store::erasures::{self, Which};
use crate::store::{StoreError, Tx, log, staff};
use crate::system;

/// Proposes to erase the cases that are due under these schedules and open to this person: the earliest closed first, and at
/// most [`MOST`].
///
/// # Errors
/// A refusal for people who may not (in the log); [`ActionError::Invalid`] where nothing is due, or a schedule is none.
pub fn propose_run(
    ctx: &Ctx,
    who: &SignedIn,
    names: Vec<String>,
    because: Option<Prose>,
) -> Result<ErasureId, ActionError> {
    let (by, retention) = (who.staff.id, ctx.retention.clone());
    ctx.write(&who.staff, move |tx| {
        let who = acting(tx, by, Verb::ProposeErasure)?;
        let chosen = |schedule: &&Schedule| names.contains(&schedule.name);
        let schedules: Vec<Schedule> = retention.schedules.iter().filter(chosen).cloned().collect();
        if schedules.is_empty() {
            return Err(ActionError::invalid("schedule", "Choose at least one schedule."));
        }
        let today = tx.now().day();
        let found = erasures::candidates(tx.conn(), Which::Due(&retention.schedules, today))?;
        let due = found.into_iter().filter(|case| is_open_to(&who, case)).filter_map(|case| {
            let schedule =
                case.facts.is_due(&retention.schedules, today).ok().filter(|one| names.contains(&one.name))?;
            Some(ErasureItem { case: case.id, schedule: Some(schedule.name.clone()) })
        });
        let items: Vec<ErasureItem> = due.take(MOST).collect();
        if items.is_empty() {
            return Err(ActionError::invalid("schedule", "Nothing is due under these schedules today."));
        }
        let at = tx.now();
        let named: Vec<&Option<String>> = items.iter().map(|item| &item.schedule).collect();
        let schedules = schedules.into_iter().filter(|one| named.contains(&&Some(one.name.clone()))).collect();
        propose(tx, Proposed { ground: ErasureGround::Schedule, schedules, items, because, by, at })
    })
}

/// Proposes to erase one closed case on a ground of its own, before its time.
///
/// # Errors
/// [`ActionError::NotFound`] without such a case; a refusal for people who may not, and where something keeps the case (in
/// the log); [`ActionError::Invalid`] for a ground that is none for a single case.
pub fn propose_single(
    ctx: &Ctx,
    who: &SignedIn,
    on: &OnCase,
    ground: ErasureGround,
    because: Prose,
) -> Result<ErasureId, ActionError> {
    if !ErasureGround::SINGLE.contains(&ground) {
        return Err(ActionError::invalid("ground", "Choose on which ground this case is erased."));
    }
    beside(ctx, who, on, Verb::ProposeErasure, move |case, acting, tx| {
        let seen = erasures::candidates(tx.conn(), Which::These(&[case.id], None))?.pop();
        let facts = seen.ok_or(ActionError::NotFound)?.facts;
        facts.may_go().map_err(|reason| Refusal::KeptBack { reason })?;
        let (by, at, because) = (acting.who.id, acting.now, Some(because));
        let items = vec![ErasureItem { case: case.id, schedule: None }];
        propose(tx, Proposed { ground, schedules: Vec::new(), items, because, by, at })
    })
}

struct Proposed {
    ground: ErasureGround,
    schedules: Vec<Schedule>,
    items: Vec<ErasureItem>,
    because: Option<Prose>,
    by: StaffId,
    at: Instant,
}

fn propose(tx: &mut Tx<'_>, proposed: Proposed) -> Result<ErasureId, ActionError> {
    let id = ErasureId(system::fresh_id());
    let Proposed { ground, schedules, items, because, by, at } = proposed;
    let state =
        ErasureStanding { id, ground, schedules: schedules.clone(), because: because.clone(), by, at, answered: None };
    let event = Event::ErasureProposed(Erasure { id, ground, schedules, items, because, by, at });
    tx.apply(Change { state, event })?;
    Ok(id)
}

/// Approves an erasure. Needs the password given again.
///
/// # Errors
/// A refusal for people who may not, for whoever proposed it, to whom not every case is open, and once it was answered (in
/// the log); [`ActionError::NotFound`] without one.
pub fn approve_erasure(ctx: &Ctx, who: &SignedIn, id: ErasureId, _fresh: SteppedUp) -> Result<(), ActionError> {
    let by = who.staff.id;
    ctx.write(&who.staff, move |tx| {
        let refuse = |refusal| ActionError::refused(refusal, Verb::ApproveErasure);
        let who = acting(tx, by, Verb::ApproveErasure)?;
        let standing = erasures::find(tx.conn(), id)?.ok_or(ActionError::NotFound)?;
        let standing = standing.approve(by, tx.now()).map_err(refuse)?;
        let items = erasures::items(tx.conn(), id)?;
        let there = candidates_of(tx.conn(), &items, id)?;
        if there.values().any(|case| !is_open_to(&who, case)) {
            return Err(refuse(Refusal::ErasureNotOpen));
        }
        answer(tx, standing)
    })
}

/// Declines an erasure, or withdraws one's own.
///
/// # Errors
/// A refusal for people who may neither approve nor propose, and once it was answered (in the log);
/// [`ActionError::NotFound`] without one.
pub fn decline_erasure(ctx: &Ctx, who: &SignedIn, id: ErasureId) -> Result<(), ActionError> {
    let by = who.staff.id;
    ctx.write(&who.staff, move |tx| {
        let standing = erasures::find(tx.conn(), id)?.ok_or(ActionError::NotFound)?;
        let verb = if standing.by == by { Verb::ProposeErasure } else { Verb::ApproveErasure };
        acting(tx, by, verb)?;
        let standing = standing.decline(by, tx.now()).map_err(|refusal| ActionError::refused(refusal, verb))?;
        answer(tx, standing)
    })
}

fn answer(tx: &mut Tx<'_>, standing: ErasureStanding) -> Result<(), ActionError> {
    let Some((answered, answer)) = standing.answered.clone() else { return Err(ActionError::NotFound) };
    let event = match answered {
        AnsweredAs::Approved => Event::ErasureApproved { answer },
        AnsweredAs::Declined => Event::ErasureDeclined { answer },
    };
    tx.apply(Change { state: standing, event })?;
    Ok(())
}

/// Whoever acts, with the rights held at this moment.
fn acting(tx: &mut Tx<'_>, by: StaffId, verb: Verb) -> Result<Staff, ActionError> {
    let who = staff::find(tx.conn(), by)?.ok_or(ActionError::NotFound)?;
    may(&who, verb, None).map_err(|refusal| ActionError::refused(refusal, verb))?;
    Ok(who)
}

/// What was erased, as the log tells it, a sentence for each day, ground and pair of people.
///
/// # Errors
/// When the store fails.
pub fn told_erasures(ctx: &Ctx) -> Result<Vec<String>, ActionError> {
    let (grounds, names) =
        ctx.store.read(|conn| Ok::<_, StoreError>((log::grounds_of_erasure(conn)?, staff::names(conn)?)))?;
    let name = |id: &str| {
        let known = id.parse().ok().and_then(|id: StaffId| names.get(&id).cloned());
        known.unwrap_or_else(|| format!("staff:{id}"))
    };
    let sentence = |(ground, cases): (&Ground, &u64)| {
        let on = NaiveDate::from_epoch_days(i32::try_from(ground.day).unwrap_or_default()).unwrap_or_default();
        let (by, other) = (name(&ground.proposed_by), name(&ground.approved_by));
        let under = match &ground.schedule {
            Some(schedule) => format!("under “{schedule}”"),
            None => format!("on the ground “{}”", ground.ground),
        };
        let cases = if *cases == 1 { "1 case was".to_owned() } else { format!("{cases} cases were") };
        format!("{cases} erased {under} on {on}, proposed by {by} and approved by {other}.")
    };
    Ok(grounds.0.iter().map(sentence).collect())
}
