//! Change the installation's key: everything that is sealed under it is sealed under another one, in one write.

use super::{ActionError, Ctx};
use crate::domain::event::Event;
use crate::domain::staff::Actor;
use crate::seal::Key;
use crate::store::keys::{KeyOwner, count_sealed, seal_anew};
use crate::store::{About, StoreError};

/// Puts another installation's key in force. Gives how many values were sealed anew. This node, and every other one, then
/// refuses all acts until it is started with the new key.
///
/// # Errors
/// When a value can't be opened, or the store fails; then the key before stays in force.
pub fn rotate_installation_key(ctx: &Ctx, by: Actor, next: Key) -> Result<u64, ActionError> {
    let (key_before, key_now) = (ctx.store.installation_key().id(), next.id());
    if key_before == key_now {
        return Err(StoreError::Unfit("the new key is the one in force already".into()).into());
    }
    ctx.write_as(by, move |tx| {
        // The entry needs the register's own data key, so that one is there before all are counted.
        tx.data_key(KeyOwner::Register)?;
        let count = count_sealed(tx.conn())?;
        tx.record(&Event::InstallationKeyRotated { count, key_before, key_now }, About::Register)?;
        seal_anew(tx, &next)?;
        Ok(count)
    })
}

/// Says in the log how the installation's key is kept from now on: sealed under a passphrase, or as a file. It comes before the
/// change, so that there is none the log does not know of.
///
/// # Errors
/// When the store fails; then nothing may be changed.
pub fn record_protection(ctx: &Ctx, by: Actor, is_sealed: bool) -> Result<(), ActionError> {
    ctx.write_as(by, move |tx| {
        tx.record(&Event::InstallationKeyProtected { is_sealed }, About::Register)?;
        Ok(())
    })
}
