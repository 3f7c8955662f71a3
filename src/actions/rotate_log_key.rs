//! Replace the key that signs the log. The old one vouches for the new one, in the log itself, and signs once more over
//! the entry that says so.

use std::sync::Arc;

use super::{ActionError, Ctx, LogIdentity};
use crate::audit::{Handover, KeyChain, SigningKey, TrustedKey};
use crate::domain::event::Event;
use crate::domain::staff::Actor;
use crate::store::{About, Conn, StoreError, log};
use crate::vault::VaultError;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// What was said in the log.
    pub handover: Handover,
    /// The last checkpoint that the old key signed.
    pub last_note: String,
}

/// Makes a new key and hands over to it. Cut off at any point, it is done or it was never begun.
///
/// # Errors
/// While somebody else does the same; when the folder of keys or the store fail.
pub fn rotate_log_key(ctx: &Ctx, by: Actor) -> Result<Rotated, ActionError> {
    let replacing = ctx.log.keys.begin().map_err(VaultError::Keys)?;
    if let Some(last) = ctx.store.read(log::handovers)?.last() {
        replacing.take_over(&last.to).map_err(VaultError::Keys)?;
    }
    let (from, to) = (ctx.log.keys.current(), replacing.make_next().map_err(VaultError::Keys)?);
    let (next, origin) = (to.verifier().clone(), ctx.log.origin.clone());
    let rotated = ctx.write_as(by, move |tx| {
        let unfit = |error: crate::audit::NoteError| StoreError::Unfit(error.to_string());
        let before = log::handovers(tx.conn())?;
        if before.last().is_some_and(|last| last.to != *from.verifier()) {
            return Err(ActionError::Conflict(Some("The log's key was replaced from elsewhere meanwhile.".into())));
        }
        let before = u64::try_from(before.len()).unwrap_or(u64::MAX);
        // With this entry and the one about the checkpoint, which the old key signs.
        let after = tx.log_size().saturating_add(2);
        let note = Handover::sign(before.saturating_add(1), after, &from, &to).map_err(unfit)?;
        let handover = Handover::open(&note).map_err(unfit)?;
        tx.record(&Event::KeyHandedOver { handover: note }, About::Register)?;
        tx.record(&Event::CheckpointSigned { size: after }, About::Register)?;
        let last_note = log::checkpoint(tx, &origin, &from)?;
        Ok::<_, ActionError>(Rotated { handover, last_note })
    })?;
    replacing.take_over(&next).map_err(VaultError::Keys)?;
    publish(ctx)?;
    Ok(rotated)
}

/// Brings the folder of keys up to what the log says, where a replacement was cut off.
///
/// # Errors
/// When the key that signs is not there, the folder can't be written, or the store fails.
pub fn settle_log_key(ctx: &Ctx) -> Result<(), ActionError> {
    if let Some(last) = ctx.store.read(log::handovers)?.last() {
        ctx.log.keys.in_force(&last.to).map_err(VaultError::Keys)?;
        publish(ctx)?;
    }
    Ok(())
}

/// The keys of the log as auditors should have them, oldest first.
///
/// # Errors
/// When the store fails, or the log's handovers do not lead to the key that signs.
pub fn public_keys(ctx: &Ctx) -> Result<Vec<TrustedKey>, ActionError> {
    let handovers = ctx.store.read(log::handovers)?;
    let chain = KeyChain::new(&ctx.log.trust(), &handovers).map_err(StoreError::Unfit)?;
    Ok(chain.lines().collect())
}

fn publish(ctx: &Ctx) -> Result<(), ActionError> {
    Ok(ctx.log.keys.publish(public_keys(ctx)?).map_err(VaultError::Keys)?)
}

/// The key that signs now, whoever replaced it.
pub(super) fn in_force(conn: &mut Conn, identity: &LogIdentity) -> Result<Arc<SigningKey>, ActionError> {
    match log::handovers(conn)?.last() {
        None => Ok(identity.keys.current()),
        Some(last) => Ok(identity.keys.in_force(&last.to).map_err(VaultError::Keys)?),
    }
}
