//! Confirm or decline what another admin asked for. Confirming does it, in the same write.

use super::frame::{changed, check, member};
use super::{Shown, as_admin, reset_password};
use crate::actions::passwords::OneTime;
use crate::actions::sign_in::SteppedUp;
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::id::{StaffId, StaffRequestId};
use crate::domain::second_admin::{StaffChange, StaffRequest, may_confirm};
use crate::store::Tx;
use crate::store::second_admin::{self, KeptRequest};

/// What came of confirming.
pub struct Confirmed {
    /// Whom it was about.
    pub staff: StaffId,
    /// The second half of the password it made, where it made one.
    pub shown: Option<Shown>,
}

/// Confirms a change and does it. Needs the password given again.
///
/// # Errors
/// A refusal for whoever asked and whom it is about (in the log); [`ActionError::Conflict`] when it was answered.
pub fn confirm(ctx: &Ctx, who: &SignedIn, id: StaffRequestId, _fresh: SteppedUp) -> Result<Confirmed, ActionError> {
    check(ctx, who)?;
    let key = ctx.store.installation_key().clone();
    let open = ctx.store.read(|conn| second_admin::find_open(conn, &key, id))?;
    let Some((_, half)) = open else { return Err(answered()) };
    // Hashing is slow on purpose and stays outside of the write.
    let one_time = half.map(OneTime::completing);
    let hash = one_time.as_ref().map(|new| ctx.passwords.hash(&new.whole())).transpose()?;
    as_admin(ctx, who, move |tx, admin| {
        let (request, _) = second_admin::find_open(tx.conn(), &key, id)?.ok_or_else(answered)?;
        let now = tx.now();
        let admins = second_admin::admins(tx.conn(), now)?;
        may_confirm(admin.id, &request, &admins, now)?;
        let event = Event::StaffChangeConfirmed(request.clone());
        let state = KeptRequest { request: request.clone(), half: None, ended_by: Some(admin.id) };
        tx.apply(Change { state, event })?;
        carry_out(tx, &request)?;
        if let Some(hash) = hash {
            reset_password::put(tx, request.staff, hash, None)?;
        }
        Ok(Confirmed { staff: request.staff, shown: one_time.map(|new| Shown::SecondHalf(new.second)) })
    })
}

/// Declines a change, or withdraws it as whoever asked for it.
///
/// # Errors
/// A refusal for people who do not manage staff (in the log); [`ActionError::Conflict`] when it was answered.
pub fn decline(ctx: &Ctx, who: &SignedIn, id: StaffRequestId) -> Result<StaffId, ActionError> {
    let key = ctx.store.installation_key().clone();
    as_admin(ctx, who, move |tx, admin| {
        let (request, _) = second_admin::find_open(tx.conn(), &key, id)?.ok_or_else(answered)?;
        let about = request.staff;
        let event = Event::StaffChangeDeclined(request.clone());
        tx.apply(Change { state: KeptRequest { request, half: None, ended_by: Some(admin.id) }, event })?;
        Ok(about)
    })
}

/// Does what was asked. A new password is put by the caller, who made it outside of the write.
fn carry_out(tx: &mut Tx<'_>, request: &StaffRequest) -> Result<(), ActionError> {
    let mut about = member(tx, request.staff)?;
    let event = match request.change {
        StaffChange::ResetPassword => return Ok(()),
        StaffChange::Grant => {
            about.staff.roles.extend(request.roles.iter().copied());
            changed(&about, None)
        }
        StaffChange::Reactivate => {
            about.is_active = true;
            Event::StaffReactivated { staff: request.staff, watched_until: None }
        }
    };
    tx.apply(Change { state: about, event })?;
    Ok(())
}

fn answered() -> ActionError {
    ActionError::Conflict(Some("This request was answered already.".into()))
}
