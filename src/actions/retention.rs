//! What retention says: the schedules, what is due under them, and what was erased.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::on_case::check;
use super::{ActionError, Ctx, SignedIn};
use crate::domain::case::CaseReference;
use crate::domain::erasure::{AnsweredAs, ErasureStanding};
use crate::domain::hold::HoldStanding;
use crate::domain::id::{CaseId, ErasureId, StaffId};
use crate::domain::refusal::Refusal;
use crate::domain::retention::{Facts, KeptBack, PapersWithoutCase, Schedule, schedule_for, schedule_for_papers};
use crate::domain::staff::{Role, Staff, Verb, is_within, may};
use crate::domain::stage::Compartment;
use crate::domain::time::Instant;
use crate::store::erasures::{self, Candidate, ErasedSeen, ErasureLine, ItemSeen, Which, WhichPapers};
use crate::store::{Conn, StoreError, cases, holds, staff};

/// What retention says today.
#[derive(Debug, Clone)]
pub struct RetentionView {
    /// The day, UTC.
    pub today: NaiveDate,
    /// Each schedule with the cases that are due under it and open to this person, the earliest closed first.
    pub schedules: Vec<(Schedule, Vec<Candidate>)>,
    /// Papers that no case was opened for and that are due, the earliest first.
    pub papers: Vec<PapersWithoutCase>,
    /// Cases whose time is over and that are kept all the same, with why.
    pub kept: Vec<(Candidate, KeptBack)>,
    /// Cases that are due and not open to this person.
    pub hidden: usize,
    /// Erasures, the newest first.
    pub erasures: Vec<ErasureLine>,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
    /// Until when backups may hold what is erased today; none where Writ makes none by itself.
    pub in_backups_until: Option<NaiveDate>,
}

/// How many erasures a page shows.
const MOST: i64 = 50;

/// Shows what is due today, and the erasures there were.
///
/// # Errors
/// A refusal for people who may not read it (in the log).
pub fn view_retention(ctx: &Ctx, who: &SignedIn) -> Result<RetentionView, ActionError> {
    refuse_others(ctx, who)?;
    let today = ctx.now().day();
    let (found, papers, erasures, names) = ctx.store.read(|conn| {
        let found = erasures::candidates(conn, Which::Due(&ctx.retention.schedules, today))?;
        let papers = due_papers(conn, &ctx.retention.schedules, today)?;
        Ok::<_, StoreError>((found, papers, erasures::list(conn, who.staff.is_cleared, MOST)?, staff::names(conn)?))
    })?;
    let mut view = RetentionView {
        today,
        schedules: ctx.retention.schedules.iter().map(|schedule| (schedule.clone(), Vec::new())).collect(),
        papers,
        kept: Vec::new(),
        hidden: 0,
        erasures,
        names,
        in_backups_until: ctx.retention.backups.map(|rotation| rotation.last_day(today)),
    };
    for one in found {
        match one.facts.is_due(&ctx.retention.schedules, today) {
            Err(KeptBack::NotDue | KeptBack::NoSchedule | KeptBack::NotClosed) => {}
            _ if !is_open_to(&who.staff, &one) => {
                // Not even how many there are of the closed compartment.
                let is_told = one.compartment != Compartment::NationalSecurity;
                view.hidden = view.hidden.saturating_add(usize::from(is_told));
            }
            Err(KeptBack::Proposed) => {}
            Err(reason) => view.kept.push((one, reason)),
            Ok(schedule) => {
                let of_it = view.schedules.iter_mut().find(|(known, _)| known.name == schedule.name);
                of_it.into_iter().for_each(|(_, due)| due.push(one.clone()));
            }
        }
    }
    Ok(view)
}

/// Papers that no case was opened for and that are due on a day, the earliest first. Whoever may propose their erasure may know
/// when they came and who took them in: what they are stands nowhere. At most two statements.
pub(super) fn due_papers(
    conn: &mut Conn,
    schedules: &[Schedule],
    today: NaiveDate,
) -> Result<Vec<PapersWithoutCase>, StoreError> {
    if schedule_for_papers(schedules).is_none() {
        return Ok(Vec::new());
    }
    let mut papers = erasures::papers(conn, WhichPapers::Before(Instant::midnight(today)))?;
    papers.retain(|one| one.is_due(schedules, today).is_ok());
    Ok(papers)
}

/// Whether a case is open to this person: one of their own, or any within for auditors.
pub(super) fn is_open_to(who: &Staff, case: &Candidate) -> bool {
    let works_on_it = (who.is(Role::Analyst) || who.is(Role::Reviewer)) && who.teams.contains(&case.team);
    is_within(who, case.compartment, &case.named) && (works_on_it || who.is(Role::Auditor))
}

/// Whether this person may know of an erasure: of one of the closed compartment only whoever is cleared.
pub(super) fn knows_of(who: &Staff, standing: &ErasureStanding) -> bool {
    standing.sealed_case.is_none() || who.is_cleared
}

pub(super) fn refuse_others(ctx: &Ctx, who: &SignedIn) -> Result<(), ActionError> {
    let Err(refusal) = may(&who.staff, Verb::ReadRetention, None) else { return Ok(()) };
    ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::ReadRetention)))
}

/// An erasure with its cases.
#[derive(Debug, Clone)]
pub struct ErasureView {
    /// The erasure.
    pub standing: ErasureStanding,
    /// Its cases: each with what people call it, where that is open to this person and it is not gone.
    pub items: Vec<(ItemSeen, Option<Candidate>)>,
    /// Papers of it that no case was opened for and that are there.
    pub papers: Vec<PapersWithoutCase>,
    /// How many of those that are there are not open to this person.
    pub hidden: usize,
    /// What keeps this person from approving it now; none where they may, or where it was answered.
    pub kept_from_approving: Option<Refusal>,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
    /// Until when backups may hold what is erased, counted from its approval or else from today.
    pub in_backups_until: Option<NaiveDate>,
}

/// Shows an erasure.
///
/// # Errors
/// A refusal for people who may not read it (in the log); [`ActionError::NotFound`] without one.
pub fn view_erasure(ctx: &Ctx, who: &SignedIn, id: ErasureId) -> Result<ErasureView, ActionError> {
    refuse_others(ctx, who)?;
    let today = ctx.now().day();
    let view = ctx.store.read(|conn| {
        let found = erasures::find(conn, id)?.filter(|standing| knows_of(&who.staff, standing));
        let Some(standing) = found else { return Ok(None) };
        let items = erasures::items(conn, id)?;
        let mut there = candidates_of(conn, &items, id)?;
        let of_papers = items.iter().filter(|item| standing.is_of_papers(item.schedule.as_deref()));
        let arrivals: Vec<CaseId> = of_papers.map(|item| item.case).collect();
        let papers = match arrivals.as_slice() {
            [] => Vec::new(),
            some => erasures::papers(conn, WhichPapers::These(some, id))?,
        };
        let of_item = |item: ItemSeen| {
            let case = there.remove(&item.case);
            (item, case)
        };
        let mut items: Vec<(ItemSeen, Option<Candidate>)> = items.into_iter().map(of_item).collect();
        let mut hidden = 0_usize;
        for (_, case) in &mut items {
            if case.as_ref().is_some_and(|case| !is_open_to(&who.staff, case)) {
                *case = None;
                hidden = hidden.saturating_add(1);
            }
        }
        let day = match &standing.answered {
            Some((AnsweredAs::Approved, answer)) => answer.at.day(),
            _ => today,
        };
        Ok::<_, StoreError>(Some(ErasureView {
            kept_from_approving: kept_from_approving(&who.staff, &standing, hidden),
            standing,
            items,
            papers,
            hidden,
            names: staff::names(conn)?,
            in_backups_until: ctx.retention.backups.map(|rotation| rotation.last_day(day)),
        }))
    })?;
    view.ok_or(ActionError::NotFound)
}

/// The cases of an erasure that are there, by id: one statement.
pub(super) fn candidates_of(
    conn: &mut Conn,
    items: &[ItemSeen],
    of: ErasureId,
) -> Result<BTreeMap<CaseId, Candidate>, StoreError> {
    let ids: Vec<CaseId> = items.iter().map(|item| item.case).collect();
    let there = erasures::candidates(conn, Which::These(&ids, Some(of)))?;
    Ok(there.into_iter().map(|case| (case.id, case)).collect())
}

fn kept_from_approving(who: &Staff, standing: &ErasureStanding, hidden: usize) -> Option<Refusal> {
    if standing.answered.is_some() {
        return None;
    }
    if let Err(refusal) = may(who, Verb::ApproveErasure, None) {
        return Some(refusal);
    }
    if standing.by == who.id {
        return Some(Refusal::OwnErasure);
    }
    (hidden > 0).then_some(Refusal::ErasureNotOpen)
}

/// What retention says of one case.
#[derive(Debug, Clone)]
pub struct CaseRetention {
    /// What retention goes by.
    pub facts: Facts,
    /// The schedule that covers it, and the first day on which it is kept no longer; nothing where it is open, or none
    /// covers it.
    pub schedule: Option<(Schedule, NaiveDate)>,
    /// What keeps it from being erased at all.
    pub kept_back: Option<KeptBack>,
    /// Whether it is one of this person's own team.
    pub works_on_it: bool,
    /// The holds on it, the oldest first.
    pub holds: Vec<HoldStanding>,
    /// Names by id.
    pub names: BTreeMap<StaffId, String>,
    /// Until when backups may hold what is erased today.
    pub in_backups_until: Option<NaiveDate>,
}

/// Shows what retention says of a case.
///
/// # Errors
/// [`ActionError::NotFound`] without such a case; a refusal for people who may not (in the log).
pub fn view_case_retention(ctx: &Ctx, who: &SignedIn, reference: &CaseReference) -> Result<CaseRetention, ActionError> {
    let seen = ctx.store.read(|conn| erasures::candidates(conn, Which::Named(reference)))?.pop();
    let seen = seen.ok_or(ActionError::NotFound)?;
    if !is_open_to(&who.staff, &seen) || may(&who.staff, Verb::ReadRetention, None).is_err() {
        // The refusal stands in the log of the case, as any.
        let case = ctx.store.read(|conn| cases::get(conn, seen.id))?;
        check(ctx, who, &case, Verb::ReadRetention)?;
        return Err(ActionError::NotFound);
    }
    let (holds, names) =
        ctx.store.read(|conn| Ok::<_, StoreError>((holds::of_case(conn, seen.id)?, staff::names(conn)?)))?;
    let (facts, team) = (seen.facts, seen.team);
    let schedule = facts.closed.and_then(|(outcome, closed_on)| {
        let schedule = schedule_for(&ctx.retention.schedules, facts.instrument, outcome)?;
        Some((schedule.clone(), schedule.keep.over_on(closed_on)))
    });
    let in_backups_until = ctx.retention.backups.map(|rotation| rotation.last_day(ctx.now().day()));
    let works_on_it = who.staff.teams.contains(&team);
    Ok(CaseRetention { schedule, kept_back: facts.may_go().err(), facts, works_on_it, holds, names, in_backups_until })
}

/// An erased case with names by id.
pub type ErasedView = (ErasedSeen, BTreeMap<StaffId, String>);

/// What is left of a case that was erased, for somebody to whom it was open.
///
/// # Errors
/// [`ActionError::NotFound`] where there was none that this person may know of.
pub fn view_erased(ctx: &Ctx, who: &SignedIn, reference: &CaseReference) -> Result<ErasedView, ActionError> {
    let found = ctx.store.read(|conn| {
        let seen = erasures::find_erased(conn, reference)?;
        seen.map(|seen| Ok::<_, StoreError>((seen, staff::names(conn)?))).transpose()
    })?;
    let who = &who.staff;
    let works_on_it = |seen: &ErasedSeen| {
        (who.is(Role::Analyst) || who.is(Role::Reviewer)) && who.teams.contains(&seen.team) || who.is(Role::Auditor)
    };
    let is_open = |(seen, _): &ErasedView| is_within(who, seen.compartment, &seen.named) && works_on_it(seen);
    found.filter(is_open).ok_or(ActionError::NotFound)
}
