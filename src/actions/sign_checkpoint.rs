//! Sign the log as it stands.

use chrono::TimeDelta;

use super::rotate_log_key::in_force;
use super::{ActionError, Ctx};
use crate::domain::event::Event;
use crate::domain::staff::Actor;
use crate::domain::time::Instant;
use crate::store::{About, Conn, StoreError, Tx, log};

/// A checkpoint as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// Counted from 0.
    pub number: i64,
    /// How many entries it covers.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

/// How many checkpoints are read at a time.
const AT_A_TIME: i64 = 1_000;

/// Signs a checkpoint and gives back the note, for keeping elsewhere. The signing is an entry itself and covered
/// by the checkpoint.
///
/// # Errors
/// When the store fails.
pub fn sign_checkpoint(ctx: &Ctx, by: Actor) -> Result<String, ActionError> {
    let identity = ctx.log.clone();
    ctx.write_as(by, move |tx| sign(tx, &identity))
}

/// Signs one if the last is older than that and the log has grown since. Several nodes may ask at once; one of them signs.
///
/// # Errors
/// When the store fails.
pub fn sign_if_due(ctx: &Ctx, every: TimeDelta) -> Result<Option<String>, ActionError> {
    let now = ctx.now();
    if !ctx.store.read(|conn| is_due(conn, every, now))? {
        return Ok(None);
    }
    let identity = ctx.log.clone();
    ctx.write_as(Actor::System("checkpoints"), move |tx| {
        if is_due(tx.conn(), every, now)? { sign(tx, &identity).map(Some) } else { Err(nothing_to_do()) }
    })
    .or_else(|error| if matches!(error, ActionError::Conflict(None)) { Ok(None) } else { Err(error) })
}

/// How many entries the last checkpoint covers; 0 without one.
///
/// # Errors
/// When the store fails.
pub fn signed_size(ctx: &Ctx) -> Result<u64, ActionError> {
    let last = ctx.store.read(log::last_checkpoint)?;
    Ok(last.and_then(|(size, _)| u64::try_from(size).ok()).unwrap_or(0))
}

/// All checkpoints, oldest first.
///
/// # Errors
/// When the store fails.
pub fn checkpoints(ctx: &Ctx) -> Result<Vec<SignedCheckpoint>, ActionError> {
    let mut all: Vec<SignedCheckpoint> = Vec::new();
    loop {
        let from = all.last().map_or(0, |last| last.number.saturating_add(1));
        let rows = ctx.store.read(|conn| log::checkpoints_from(conn, from, AT_A_TIME))?;
        if rows.is_empty() {
            return Ok(all);
        }
        let signed = |(number, size, note)| {
            let size = u64::try_from(size).map_err(|e| StoreError::corrupt("log_checkpoint", number, e))?;
            Ok(SignedCheckpoint { number, size, note })
        };
        all.extend(rows.into_iter().map(signed).collect::<Result<Vec<_>, StoreError>>()?);
    }
}

/// Another node was faster: an act that leaves no entry is none.
fn nothing_to_do() -> ActionError {
    ActionError::Conflict(None)
}

fn sign(tx: &mut Tx<'_>, identity: &super::LogIdentity) -> Result<String, ActionError> {
    let key = in_force(tx.conn(), identity)?;
    let size = tx.log_size().saturating_add(1);
    tx.record(&Event::CheckpointSigned { size }, About::Register)?;
    Ok(log::checkpoint(tx, &identity.origin, &key)?)
}

fn is_due(conn: &mut Conn, every: TimeDelta, now: Instant) -> Result<bool, StoreError> {
    let size = log::size(conn)?;
    Ok(match log::last_checkpoint(conn)? {
        Some((signed, at)) => size > signed && now.since(at) >= every,
        None => size > 0,
    })
}
