//! Change one's own password. All other sessions end, for whoever knew the old one may hold one of them.

use secrecy::{ExposeSecret, SecretString};

use crate::actions::sign_in::step_up;
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::change::Change;
use crate::domain::event::{Event, kept_secret};
use crate::domain::staff::Verb;
use crate::store::access::{self, NewPassword};

/// Puts a new password in the place of the current one.
///
/// # Errors
/// A refusal without the current password (in the log); [`ActionError::Invalid`] for a new one that is too short or
/// the same.
pub fn change_password(
    ctx: &Ctx,
    who: &SignedIn,
    current: &SecretString,
    new: &SecretString,
) -> Result<(), ActionError> {
    let _fresh = step_up(ctx, who, current, Verb::ManageAccount)?;
    if current.expose_secret() == new.expose_secret() {
        return Err(ActionError::invalid("password", "Take another password than the current one."));
    }
    let hash = ctx.passwords.hash(new)?;
    let (staff, kept) = (who.staff.id, who.session.as_ref().map(|s| s.id_hash.clone()));
    ctx.write(&who.staff, move |tx| {
        let event = Event::PasswordChanged { staff, secret_sha256: kept_secret(&hash) };
        tx.apply(Change { state: NewPassword { staff, hash, is_one_time: false }, event })?;
        access::end_sessions_but(tx, staff, kept.as_deref())?;
        Ok(())
    })
}
