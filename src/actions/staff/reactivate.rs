//! Let somebody in again. For a reviewer or an admin that gives the power back, so it needs a second admin.

use super::frame::{Asking, Settled, ask, member, settle, watch};
use super::{as_admin, frame};
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::id::StaffId;
use crate::domain::refusal::Refusal;
use crate::domain::second_admin::{StaffChange, WatchCause, guarded};

/// Reactivates somebody, or asks for it.
///
/// # Errors
/// A refusal (in the log); [`ActionError::Conflict`] when it is done already.
pub fn reactivate(ctx: &Ctx, who: &SignedIn, id: StaffId) -> Result<(), ActionError> {
    as_admin(ctx, who, move |tx, admin| {
        let mut back = member(tx, id)?;
        if back.is_active {
            return Err(ActionError::Conflict(Some("This account is active already.".into())));
        }
        if !frame::asked_already(tx, id)?.is_empty() {
            return Err(Refusal::AlreadyAsked.into());
        }
        let settled = settle(tx, admin, id, !guarded(&back.staff.roles).is_empty())?;
        if settled == Settled::Asked {
            let (change, roles) = (StaffChange::Reactivate, [].into());
            return ask(tx, admin, Asking { about: id, change, roles, half: None });
        }
        back.is_active = true;
        let event = Event::StaffReactivated { staff: id, watched_until: settled.watched_until() };
        tx.apply(Change { state: back, event })?;
        watch(tx, id, &[WatchCause::Reactivated], settled)
    })
}
