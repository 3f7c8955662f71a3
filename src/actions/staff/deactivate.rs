//! Shut somebody out: their sessions end, their tokens are revoked, what was asked about them is declined.
//! One admin may do it, because stopping somebody must be quick; it gives nobody any power.

use super::as_admin;
use super::frame::{asked_already, keep_an_admin, member};
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::id::StaffId;
use crate::store::access;
use crate::store::second_admin::KeptRequest;

/// Deactivates somebody.
///
/// # Errors
/// A refusal, for the last admin too (in the log); [`ActionError::Conflict`] when it is done already.
pub fn deactivate(ctx: &Ctx, who: &SignedIn, id: StaffId) -> Result<(), ActionError> {
    as_admin(ctx, who, move |tx, admin| {
        let mut leaving = member(tx, id)?;
        if !leaving.is_active {
            return Err(ActionError::Conflict(Some("This account is deactivated already.".into())));
        }
        keep_an_admin(tx, &leaving)?;
        if leaving.is_active_admin() {
            leaving.admin_until = Some(tx.now());
        }
        leaving.is_active = false;
        tx.apply(Change { state: leaving, event: Event::StaffDeactivated { staff: id } })?;
        access::shut_out(tx, id)?;
        for request in asked_already(tx, id)? {
            let event = Event::StaffChangeDeclined(request.clone());
            tx.apply(Change { state: KeptRequest { request, half: None, ended_by: Some(admin.id) }, event })?;
        }
        Ok(())
    })
}
