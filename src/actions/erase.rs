//! Erase what was approved: one case in one write, so that whoever cuts this short leaves each case erased or whole. What
//! has come up since the approval keeps a case. Nothing is erased while an alarm about the log is open.

use super::{ActionError, Ctx};
use crate::domain::change::Change;
use crate::domain::erasure::{AnsweredAs, ErasureGround, ErasureStanding};
use crate::domain::event::Event;
use crate::domain::id::{CaseId, ErasureId};
use crate::domain::retention::{Facts, KeptBack};
use crate::domain::staff::Actor;
use crate::domain::time::Instant;
use crate::store::erase::{self, Goes};
use crate::store::erasures::{self, Which, WhichPapers};
use crate::store::{StoreError, Tx, alarms, cases};
use crate::vault::VaultError;

/// What came of a round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Cases that were erased.
    pub erased: u64,
    /// Cases that were kept, because something had come up.
    pub kept: u64,
}

/// Erases all cases of approved erasures that wait for it, until told to stop, and then takes the files of their documents
/// away, those of earlier rounds too.
///
/// # Errors
/// When the store or the folder of documents fails. What was done stays done.
pub fn erase_approved(ctx: &Ctx, is_over: &dyn Fn() -> bool) -> Result<Round, ActionError> {
    let mut round = Round::default();
    while !is_over() {
        let (next, is_held) =
            ctx.store.read(|conn| Ok::<_, StoreError>((erasures::next_open(conn)?, alarms::hold_releases(conn)?)))?;
        let Some((erasure, case, schedule)) = next.filter(|_| !is_held) else { break };
        match erase_one(ctx, erasure, case, schedule) {
            Ok(true) => round.erased = round.erased.saturating_add(1),
            Ok(false) => round.kept = round.kept.saturating_add(1),
            // Another node was faster.
            Err(ActionError::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    take_files(ctx)?;
    Ok(round)
}

/// Whether the case was erased; else something keeps it.
fn erase_one(ctx: &Ctx, erasure: ErasureId, case: CaseId, schedule: Option<String>) -> Result<bool, ActionError> {
    ctx.write_as(Actor::System("erasure"), move |tx| {
        let standing = erasures::find(tx.conn(), erasure)?.ok_or(ActionError::NotFound)?;
        let Some((AnsweredAs::Approved, approved)) = standing.answered.clone() else {
            return Err(ActionError::Conflict(None));
        };
        if alarms::hold_releases(tx.conn())? {
            return Err(ActionError::Conflict(None));
        }
        let of_papers = standing.is_of_papers(schedule.as_deref());
        let kept_back = match erasures::candidates(tx.conn(), Which::These(&[case], Some(erasure)))?.pop() {
            // A case was opened for them after all.
            Some(_) if of_papers => Some(KeptBack::NotClosed),
            Some(seen) => keeps(&seen.facts, &standing, tx.now()).err(),
            None if of_papers => papers_keep(tx, case, &standing)?,
            None => Some(KeptBack::Gone),
        };
        if let Some(kept_back) = kept_back {
            erasures::pass_over(tx, &standing, case, kept_back)?;
            return Ok(false);
        }
        let goes = Goes { erasure: &standing, approved: &approved, schedule: schedule.as_deref() };
        let erased = if of_papers {
            erase::prepare_papers(tx, case, goes)?
        } else {
            let whole = cases::get(tx.conn(), case)?;
            erase::prepare(tx, &whole, goes)?
        };
        let event = Event::PayloadErased(Box::new(erased.clone()));
        tx.apply(Change { state: erased, event })?;
        Ok(true)
    })
}

/// What has come up since, by the schedules that were approved.
fn keeps(facts: &Facts, standing: &ErasureStanding, now: Instant) -> Result<(), KeptBack> {
    match standing.ground {
        ErasureGround::Schedule => facts.is_due(&standing.schedules, now.day()).map(drop),
        _ => facts.may_go().map(drop),
    }
}

/// What keeps papers that no case was opened for. Those that are not there any more went on to a case, of which no more is said.
fn papers_keep(tx: &mut Tx<'_>, arrival: CaseId, standing: &ErasureStanding) -> Result<Option<KeptBack>, StoreError> {
    let found = erasures::papers(tx.conn(), WhichPapers::These(&[arrival], standing.id))?.pop();
    let Some(papers) = found else { return Ok(Some(KeptBack::NotClosed)) };
    Ok(papers.is_due(&standing.schedules, tx.now().day()).err())
}

/// So many files are taken away before the next are looked up.
const FILES: i64 = 500;

fn take_files(ctx: &Ctx) -> Result<(), ActionError> {
    loop {
        let files = ctx.store.read(|conn| erase::files_to_take(conn, FILES))?;
        if files.is_empty() {
            return Ok(());
        }
        for file in &files {
            match ctx.vault.discard(*file) {
                Err(VaultError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {}
                taken => taken?,
            }
        }
        ctx.store.housekeep(|broom| broom.files_taken(&files))?;
    }
}
