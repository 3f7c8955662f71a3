//! Propose an erasure, and approve or decline one. What was approved is erased by the program itself, case after case.

use chrono::NaiveDate;

use super::announce;
use super::on_case::{OnCase, beside};
use super::retention::{candidates_of, due_papers, is_open_to, knows_of};
use super::sign_in::SteppedUp;
use super::{ActionError, Ctx, Refused, SignedIn};
use crate::audit::erasure::Ground;
use crate::domain::change::Change;
use crate::domain::erasure::{AnsweredAs, Erasure, ErasureGround, ErasureItem, ErasureStanding, MOST};
use crate::domain::event::Event;
use crate::domain::id::{CaseId, ErasureId, StaffId};
use crate::domain::refusal::Refusal;
use crate::domain::retention::{Schedule, schedule_for_papers};
use crate::domain::staff::{Staff, Verb, may};
use crate::domain::stage::Compartment;
use crate::domain::text::Prose;
use crate::store::erasures::{self, Which};
use crate::store::{About, StoreError, Tx, log, staff};
use crate::system;

/// Proposes to erase the cases that are due under these schedules and open to this person, the earliest closed first, and the
/// papers that no case was opened for: at most [`MOST`]. Each case of the national-security compartment is an erasure by
/// itself, sealed as all that is done on it. Gives all that are proposed.
///
/// # Errors
/// A refusal for people who may not (in the log); [`ActionError::Invalid`] where nothing is due, or a schedule is none.
pub fn propose_run(
    ctx: &Ctx,
    who: &SignedIn,
    names: Vec<String>,
    because: Option<Prose>,
) -> Result<Vec<ErasureId>, ActionError> {
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
            let item = ErasureItem { case: case.id, schedule: Some(schedule.name.clone()) };
            Some((item, case.compartment))
        });
        let of_papers = schedule_for_papers(&schedules).map(|one| one.name.clone());
        let papers = if of_papers.is_some() { due_papers(tx.conn(), &schedules, today)? } else { Vec::new() };
        let papers = papers
            .into_iter()
            .map(|one| (ErasureItem { case: one.arrival, schedule: of_papers.clone() }, Compartment::Ordinary));
        let due: Vec<(ErasureItem, Compartment)> = due.chain(papers).take(MOST).collect();
        if due.is_empty() {
            return Err(ActionError::invalid("schedule", "Nothing is due under these schedules today."));
        }
        let (sealed, rest): (Vec<_>, Vec<_>) =
            due.into_iter().partition(|(_, compartment)| *compartment == Compartment::NationalSecurity);
        let rest: Vec<ErasureItem> = rest.into_iter().map(|(item, _)| item).collect();
        let mut runs: Vec<(Vec<ErasureItem>, Compartment)> =
            sealed.into_iter().map(|(item, compartment)| (vec![item], compartment)).collect();
        if !rest.is_empty() {
            runs.insert(0, (rest, Compartment::Ordinary));
        }
        let propose = |(items, compartment): (Vec<ErasureItem>, Compartment)| {
            let is_named = |one: &&Schedule| items.iter().any(|item| item.schedule.as_ref() == Some(&one.name));
            let schedules = schedules.iter().filter(is_named).cloned().collect();
            let because = because.clone();
            propose(tx, Proposed { ground: ErasureGround::Schedule, schedules, items, because, by }, compartment)
        };
        runs.into_iter().map(propose).collect()
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
        let (by, because) = (acting.who.id, Some(because));
        let items = vec![ErasureItem { case: case.id, schedule: None }];
        propose(tx, Proposed { ground, schedules: Vec::new(), items, because, by }, case.compartment)
    })
}

struct Proposed {
    ground: ErasureGround,
    schedules: Vec<Schedule>,
    items: Vec<ErasureItem>,
    because: Option<Prose>,
    by: StaffId,
}

/// Proposes an erasure, which of a sealed case has no other case in it.
fn propose(tx: &mut Tx<'_>, proposed: Proposed, compartment: Compartment) -> Result<ErasureId, ActionError> {
    let (id, at) = (ErasureId(system::fresh_id()), tx.now());
    let Proposed { ground, schedules, items, because, by } = proposed;
    let is_sealed = compartment == Compartment::NationalSecurity;
    let sealed_case = items.first().map(|item| item.case).filter(|_| is_sealed);
    let erasure = Erasure { id, ground, schedules, items, because, by, at };
    let state = ErasureStanding::proposed(&erasure, sealed_case);
    let ids: Vec<CaseId> = erasure.items.iter().map(|item| item.case).collect();
    let standing = tx.apply(Change { state, event: Event::ErasureProposed(erasure) })?;
    let of = erasures::candidates(tx.conn(), Which::These(&ids, Some(id)))?;
    announce::erasure_proposed(tx, &standing, &of)?;
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
        let who = acting(tx, by, Verb::ApproveErasure)?;
        let standing = find_for(tx, &who, id)?;
        let sealed_case = standing.sealed_case;
        let refuse = |refusal| refused(refusal, Verb::ApproveErasure, sealed_case);
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
        let who = staff::find(tx.conn(), by)?.ok_or(ActionError::NotFound)?;
        let standing = find_for(tx, &who, id)?;
        let verb = if standing.by == by { Verb::ProposeErasure } else { Verb::ApproveErasure };
        acting(tx, by, verb)?;
        let sealed_case = standing.sealed_case;
        let standing = standing.decline(by, tx.now()).map_err(|refusal| refused(refusal, verb, sealed_case))?;
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

/// A refusal about an erasure; where that is one of a sealed case, its entry is sealed too.
fn refused(refusal: Refusal, verb: Verb, sealed_case: Option<CaseId>) -> ActionError {
    let about = sealed_case.map_or(About::Register, |case| About::Case(case, Compartment::NationalSecurity));
    ActionError::Refused(Box::new(Refused { refusal, verb, stage: None, about }))
}

/// An erasure, for somebody who may know of it.
fn find_for(tx: &mut Tx<'_>, who: &Staff, id: ErasureId) -> Result<ErasureStanding, ActionError> {
    let found = erasures::find(tx.conn(), id)?;
    found.filter(|standing| knows_of(who, standing)).ok_or(ActionError::NotFound)
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
        let what = if ground.is_of_papers { "paper without a case" } else { "case" };
        let (cases, were) = match (*cases, ground.is_of_papers) {
            (1, _) => (format!("1 {what}"), "was"),
            (many, true) => (format!("{many} papers without a case"), "were"),
            (many, false) => (format!("{many} cases"), "were"),
        };
        if ground.ground.is_empty() {
            let of = "of the national-security compartment";
            return format!("{cases} {of} {were} erased on {on}; on which ground and by whom is sealed.");
        }
        let (by, other) = (name(&ground.proposed_by), name(&ground.approved_by));
        let under = match &ground.schedule {
            Some(schedule) => format!("under “{schedule}”"),
            None => format!("on the ground “{}”", ground.ground),
        };
        format!("{cases} {were} erased {under} on {on}, proposed by {by} and approved by {other}.")
    };
    Ok(grounds.0.iter().map(sentence).collect())
}
