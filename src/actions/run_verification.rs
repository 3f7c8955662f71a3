//! Verifications that are kept: those that are due by the settings, and those that somebody asks for. Each leaves a row in
//! a table of its own and an entry in the log, and raises an alarm where it finds a fault. One runs on a node at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;

use super::examine::{Verdict, examine};
use super::{ActionError, Ctx, SignedIn};
use crate::audit::Verified;
use crate::domain::alarm::ACKNOWLEDGED_BY;
use crate::domain::event::Event;
use crate::domain::id::AlarmId;
use crate::domain::mail::NewMail;
use crate::domain::staff::{Actor, Verb, may};
use crate::domain::time::Instant;
use crate::store::housekeep::{Begun, FoundSound};
use crate::store::{About, StoreError, alarms, log, replay, staff};
use crate::system;

/// How far a verification on this node has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What is looked at: the log's entries first, then what follows from them.
    pub what: &'static str,
    /// So many were.
    pub done: u64,
    /// Of so many.
    pub all: u64,
    /// Who asked for it.
    pub by: Actor,
    /// When it began.
    pub since: Instant,
}

/// Where this node's verification is told of while it runs.
#[derive(Default)]
pub struct Board(Mutex<Option<Progress>>);

/// That it is one verification's turn; over when it is dropped.
pub struct Turn(Arc<Board>);

/// A verification that nobody has made for so long after it began was left behind by a node that died.
const LEFT_BEHIND: TimeDelta = TimeDelta::hours(12);

impl Board {
    /// How far the one under way has come, if one is.
    pub fn seen(&self) -> Option<Progress> {
        self.lock().clone()
    }

    /// Begins one, unless one is under way.
    pub fn begin(self: &Arc<Self>, progress: Progress) -> Option<Turn> {
        let mut here = self.lock();
        if here.is_some() {
            return None;
        }
        *here = Some(progress);
        drop(here);
        Some(Turn(self.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Progress>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Tells how far it has come.
    pub fn tell(&self, come: replay::Progress) {
        let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        if let Some(progress) = self.0.lock().as_mut() {
            (progress.what, progress.done, progress.all) = (come.what, number(come.done), number(come.of));
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0.lock() = None;
    }
}

/// Begins to verify, and comes back at once: [`Board::seen`] of `ctx.verifying` tells how far it is. Where one is under way
/// here it stays at that one.
///
/// # Errors
/// A refusal for people who may not (in the log); the store's failures; when the machine gives no thread.
pub fn begin_verification(ctx: &Ctx, who: &SignedIn) -> Result<(), ActionError> {
    refuse_others(ctx, who)?;
    let by = Actor::Staff(who.staff.id);
    let Some(turn) = ctx.verifying.begin(at_the_beginning(ctx, by.clone())?) else { return Ok(()) };
    in_the_background(ctx, move |ctx| {
        if let Err(error) = begin(&ctx, by, None).and_then(|begun| run(&ctx, begun, &turn)) {
            tracing::warn!(%error, "a verification broke off");
        }
    })
}

/// Verifies while whoever asks waits.
///
/// # Errors
/// A refusal for people who may not (in the log); the store's failures.
pub fn verify_now(ctx: &Ctx, who: &SignedIn) -> Result<Verdict, ActionError> {
    refuse_others(ctx, who)?;
    let by = Actor::Staff(who.staff.id);
    // Beside one that runs in the background this one is told of nowhere.
    let turn = ctx.verifying.begin(at_the_beginning(ctx, by.clone())?);
    let begun = begin(ctx, by, None)?;
    run_telling(ctx, begun, &mut |come| turn.iter().for_each(|turn| turn.tell(come)))
}

/// Verifies if none was scheduled for so long. Several nodes may ask at once; one of them does it. Whether it was this one.
///
/// # Errors
/// When the store fails.
pub fn verify_if_due(ctx: &Ctx, every: TimeDelta) -> Result<bool, ActionError> {
    let Some((begun, turn)) = take_if_due(ctx, every)? else { return Ok(false) };
    run(ctx, begun, &turn)?;
    Ok(true)
}

/// The same, and does not wait for it: `then` hears whether it came to its end. Whether it was begun here.
///
/// # Errors
/// When the store fails before it was begun; when the machine gives no thread.
pub fn begin_if_due(
    ctx: &Ctx,
    every: TimeDelta,
    then: impl FnOnce(bool) + Send + 'static,
) -> Result<bool, ActionError> {
    let Some((begun, turn)) = take_if_due(ctx, every)? else { return Ok(false) };
    in_the_background(ctx, move |ctx| {
        let done = run(&ctx, begun, &turn);
        if let Err(error) = &done {
            tracing::warn!(%error, "a verification broke off");
        }
        then(done.is_ok());
    })?;
    Ok(true)
}

fn refuse_others(ctx: &Ctx, who: &SignedIn) -> Result<(), ActionError> {
    let Err(refusal) = may(&who.staff, Verb::VerifyLog, None) else { return Ok(()) };
    ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::VerifyLog)))
}

fn in_the_background(ctx: &Ctx, work: impl FnOnce(Ctx) + Send + 'static) -> Result<(), ActionError> {
    let (ctx, span) = (ctx.clone(), tracing::Span::current());
    let thread = std::thread::Builder::new().name("writ-verifies".into());
    let begun = thread.spawn(move || span.in_scope(|| work(ctx)));
    begun.map(drop).map_err(|error| StoreError::Down(error.to_string()).into())
}

fn at_the_beginning(ctx: &Ctx, by: Actor) -> Result<Progress, ActionError> {
    // A head that can't be read is a fault that the verification itself will name.
    let all = ctx.store.read(log::size).or_else(|error| match error {
        StoreError::Corrupt { .. } => Ok(0),
        other => Err(other),
    })?;
    let all = u64::try_from(all).unwrap_or(0);
    Ok(Progress { what: "entries", done: 0, all, by, since: ctx.now() })
}

fn begin(ctx: &Ctx, by: Actor, follows: Option<Option<uuid::Uuid>>) -> Result<Begun, ActionError> {
    let begun = Begun { id: system::fresh_id(), by: by.to_string(), at: ctx.now(), follows };
    let is_ours = ctx.store.housekeep(|broom| broom.verification_begins(&begun))?;
    if is_ours { Ok(begun) } else { Err(ActionError::Conflict(None)) }
}

fn take_if_due(ctx: &Ctx, every: TimeDelta) -> Result<Option<(Begun, Turn)>, ActionError> {
    let now = ctx.now();
    let last = ctx.store.read(alarms::last_scheduled)?;
    let is_due = last.is_none_or(|(_, begun, has_ended)| {
        let passed = now.since(begun);
        if has_ended { passed >= every } else { passed >= every.min(LEFT_BEHIND) }
    });
    if !is_due {
        return Ok(None);
    }
    let by = Actor::System("verification");
    let Some(turn) = ctx.verifying.begin(at_the_beginning(ctx, by.clone())?) else { return Ok(None) };
    match begin(ctx, by, Some(last.map(|(id, ..)| id))) {
        Ok(begun) => Ok(Some((begun, turn))),
        // Another node was faster.
        Err(ActionError::Conflict(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn run(ctx: &Ctx, begun: Begun, turn: &Turn) -> Result<(), ActionError> {
    run_telling(ctx, begun, &mut |come| turn.tell(come)).map(drop)
}

fn run_telling(ctx: &Ctx, begun: Begun, told: &mut dyn FnMut(replay::Progress)) -> Result<Verdict, ActionError> {
    let verdict = examine(ctx, told)?;
    keep(ctx, begun, &verdict)?;
    Ok(verdict)
}

/// Keeps what came of a verification: in the table first, with the alarm and its mails, which must stand also where the log
/// can't be written to; then in the log.
fn keep(ctx: &Ctx, begun: Begun, verdict: &Verdict) -> Result<(), ActionError> {
    let now = ctx.now();
    let (found, fault) = (verdict.as_ref().map(sound), verdict.as_ref().err());
    let raised =
        ctx.store.housekeep(|broom| broom.verification_ended(begun.id, found.as_ref().map_err(|e| *e), now))?;
    let size = verdict.as_ref().map_or(0, |sound| sound.size);
    if let Some(fault) = fault {
        tracing::error!(fault = %fault.says, is_new = raised.is_some(), "a verification found a fault");
    }
    if let Some(alarm) = raised {
        tell_by_mail(ctx, alarm)?;
    }
    let event = Event::LogVerified { size, is_sound: fault.is_none() };
    let by = actor_of(&begun);
    let written = ctx.write_as(by, move |tx| {
        tx.record(&event, About::Register)?;
        Ok(alarms::record_raised(tx)?)
    });
    match written {
        Err(error) if fault.is_some() => {
            tracing::error!(%error, "the log can't be told of a fault; the alarm stands without it");
            Ok(())
        }
        written => written,
    }
}

fn sound(verified: &Verified) -> FoundSound {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    FoundSound {
        size: number(verified.size),
        root: hex::encode(verified.root),
        checkpoints: number(verified.checkpoints),
        signed_size: number(verified.signed_size),
        erased: number(verified.erased),
    }
}

fn actor_of(begun: &Begun) -> Actor {
    let staff = begun.by.strip_prefix("staff:").and_then(|id| id.parse().ok());
    staff.map_or(Actor::System("verification"), Actor::Staff)
}

/// Beside the log too: a mail that waits for an entry about it would never be written.
fn tell_by_mail(ctx: &Ctx, alarm: AlarmId) -> Result<(), ActionError> {
    let people = ctx.store.read(|conn| staff::list_reachable(conn, &ACKNOWLEDGED_BY))?;
    let (mails, now) = (people.into_iter().map(|who| NewMail::of_alarm(alarm, who.id)), ctx.now());
    Ok(ctx.store.housekeep(|broom| mails.into_iter().try_for_each(|mail| broom.remind(&mail, now)))?)
}
