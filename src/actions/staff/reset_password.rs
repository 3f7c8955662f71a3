//! Make a one-time password for somebody who lost theirs. Their sessions end and their tokens are revoked, so that
//! whoever makes the password gets in by nothing that was left behind.

use secrecy::ExposeSecret;

use super::frame::{Asking, Settled, ask, asked_already, member, settle, watch};
use super::{Shown, as_admin, check};
use crate::actions::passwords::OneTime;
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::change::Change;
use crate::domain::event::{Event, kept_secret};
use crate::domain::id::StaffId;
use crate::domain::refusal::Refusal;
use crate::domain::second_admin::{StaffChange, WatchCause, guarded};
use crate::domain::time::Instant;
use crate::store::access::{self, NewPassword};
use crate::store::{StoreError, Tx};

/// Makes a one-time password, or asks for one: then this admin learns the first half of it.
///
/// # Errors
/// A refusal (in the log); [`ActionError::Conflict`] for somebody who is deactivated.
pub fn reset_password(ctx: &Ctx, who: &SignedIn, id: StaffId) -> Result<Shown, ActionError> {
    check(ctx, who)?;
    let one_time = OneTime::made_up();
    let hash = ctx.passwords.hash(&one_time.whole())?;
    as_admin(ctx, who, move |tx, admin| {
        if admin.id == id {
            return Err(Refusal::OwnPassword.into());
        }
        let whose = member(tx, id)?;
        if !whose.is_active {
            return Err(ActionError::Conflict(Some("This account is deactivated; reactivate it first.".into())));
        }
        if !asked_already(tx, id)?.is_empty() {
            return Err(Refusal::AlreadyAsked.into());
        }
        let settled = settle(tx, admin, id, !guarded(&whose.staff.roles).is_empty())?;
        if settled == Settled::Asked {
            let (half, roles) = (one_time.first.clone(), [].into());
            ask(tx, admin, Asking { about: id, change: StaffChange::ResetPassword, roles, half: Some(half) })?;
            return Ok(Shown::FirstHalf(one_time.first));
        }
        put(tx, id, hash, settled.watched_until())?;
        watch(tx, id, &[WatchCause::PasswordReset], settled)?;
        Ok(Shown::Whole(one_time.whole().expose_secret().to_owned()))
    })
}

/// Puts a one-time password in the place of the one there is.
pub(super) fn put(
    tx: &mut Tx<'_>,
    staff: StaffId,
    hash: String,
    watched_until: Option<Instant>,
) -> Result<(), StoreError> {
    let event = Event::PasswordReset { staff, watched_until, secret_sha256: kept_secret(&hash) };
    tx.apply(Change { state: NewPassword { staff, hash, is_one_time: true }, event })?;
    access::shut_out(tx, staff)
}
