//! Forms count once, on all nodes together: an act takes the form's one-time id in its own transaction, and where it led
//! is kept, for a second submit to be shown the same.

use std::sync::Arc;

use uuid::Uuid;

use super::{ActionError, Ctx, SignedIn};
use crate::store::housekeep;

pub use crate::store::once::Claim;

/// Where this person's first submit of a form went, if there was one.
///
/// # Errors
/// When the store fails.
pub fn went_to(ctx: &Ctx, who: &SignedIn, form: Uuid) -> Result<Option<String>, ActionError> {
    Ok(ctx.store.read(|conn| housekeep::form_went_to(conn, form, who.staff.id))?)
}

/// A claim on a form's id for the acts of one submit. `meanwhile` is kept with it until [`went`] knows better.
pub fn claim(ctx: &Ctx, who: &SignedIn, form: Uuid, meanwhile: String) -> Arc<Claim> {
    Arc::new(Claim::new(form, who.staff.id, meanwhile, ctx.now()))
}

/// Keeps where a form's first submit went.
///
/// # Errors
/// When the store fails.
pub fn went(ctx: &Ctx, who: &SignedIn, form: Uuid, to: &str) -> Result<(), ActionError> {
    Ok(ctx.store.housekeep(|broom| broom.form_went(form, who.staff.id, to, ctx.now()))?)
}

/// Gives a form's id free again, so that the form may be sent once more.
///
/// # Errors
/// When the store fails.
pub fn free(ctx: &Ctx, who: &SignedIn, form: Uuid) -> Result<(), ActionError> {
    Ok(ctx.store.housekeep(|broom| broom.form_freed(form, who.staff.id))?)
}
