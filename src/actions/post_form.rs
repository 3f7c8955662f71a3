//! Forms count once: where a form's first submit went, for a second one to be shown the same.

use uuid::Uuid;

use super::{ActionError, Ctx, SignedIn};
use crate::store::housekeep;

/// Where this person's first submit of a form went, if there was one.
///
/// # Errors
/// When the store fails.
pub fn went_to(ctx: &Ctx, who: &SignedIn, form: Uuid) -> Result<Option<String>, ActionError> {
    Ok(ctx.store.read(|conn| housekeep::form_went_to(conn, form, who.staff.id))?)
}

/// Keeps where a form's first submit went.
///
/// # Errors
/// When the store fails.
pub fn went(ctx: &Ctx, who: &SignedIn, form: Uuid, to: &str) -> Result<(), ActionError> {
    Ok(ctx.store.housekeep(|broom| broom.form_went(form, who.staff.id, to, ctx.now()))?)
}
