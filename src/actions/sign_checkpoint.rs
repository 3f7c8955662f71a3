//! Sign the log as it stands.

use super::{ActionError, Ctx};
use crate::domain::event::Event;
use crate::domain::staff::Actor;
use crate::store::{About, log};

/// Signs a checkpoint and gives back the note, for keeping elsewhere. The signing is an entry itself and covered
/// by the checkpoint.
///
/// # Errors
/// When the store fails.
pub fn sign_checkpoint(ctx: &Ctx, by: Actor) -> Result<String, ActionError> {
    let identity = ctx.log.clone();
    ctx.write_as(by, move |tx| {
        let size = tx.log_size() + 1;
        tx.record(&Event::CheckpointSigned { size }, About::Register)?;
        Ok(log::checkpoint(tx, &identity.origin, &identity.key)?)
    })
}
