//! Slips: what a page must show once more after it was left (the words of a search, what became of an act on many
//! cases), sealed, for its owner, for an hour. So none of it stands in an address.

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{ActionError, Ctx, SignedIn};
use crate::store::{StoreError, housekeep};
use crate::system;

/// Keeps something for this person. Its id says nothing.
///
/// # Errors
/// When the store fails.
pub(super) fn keep(ctx: &Ctx, who: &SignedIn, what: &impl Serialize) -> Result<Uuid, ActionError> {
    let id = uuid::Builder::from_random_bytes(system::chance()).into_uuid();
    let text = serde_json::to_vec(what).map_err(|e| StoreError::corrupt("slips", id, e))?;
    let sealed = ctx
        .store
        .installation_key()
        .seal(system::chance(), &housekeep::slip_place(id), &text)
        .map_err(StoreError::from)?;
    ctx.store.housekeep(|broom| broom.keep_slip(who.staff.id, id, &sealed, ctx.now()))?;
    Ok(id)
}

/// What this person kept under an id; none when it is over, another's, or something else.
///
/// # Errors
/// When the store fails.
pub(super) fn find<T: DeserializeOwned>(ctx: &Ctx, who: &SignedIn, id: Uuid) -> Result<Option<T>, ActionError> {
    let now = ctx.now();
    let Some(sealed) = ctx.store.read(|conn| housekeep::slip(conn, who.staff.id, id, now))? else { return Ok(None) };
    let text = ctx.store.installation_key().open(&housekeep::slip_place(id), &sealed).map_err(StoreError::from)?;
    Ok(serde_json::from_slice(&text).ok())
}
