//! Add somebody to the staff. The first password is shown once; where a role needs a second admin, each of the two
//! learns one half of it.

use super::frame::{Asking, Settled, ask, known_teams, settle, watch};
use super::{Particulars, as_admin, check};
use crate::actions::add_staff::added_event;
use crate::actions::passwords::{OneTime, Shown};
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::change::Change;
use crate::domain::id::StaffId;
use crate::domain::second_admin::{StaffChange, WatchCause, guarded};
use crate::domain::staff::Staff;
use crate::store::staff::NewStaff;
use crate::system;
use secrecy::ExposeSecret;

/// Somebody new.
pub struct Added {
    /// Who.
    pub staff: StaffId,
    /// What the admin hands over.
    pub shown: Shown,
}

/// Adds somebody under a sign-in name.
///
/// # Errors
/// A refusal (in the log); [`ActionError::Invalid`] for a name that is taken.
pub fn add_person(ctx: &Ctx, who: &SignedIn, name: String, with: Particulars) -> Result<Added, ActionError> {
    check(ctx, who)?;
    let one_time = OneTime::made_up();
    let password_hash = ctx.passwords.hash(&one_time.whole())?;
    let added = as_admin(ctx, who, move |tx, admin| {
        known_teams(tx, &with.teams)?;
        let id = StaffId(system::fresh_id());
        let asked = guarded(&with.roles);
        let settled = settle(tx, admin, id, !asked.is_empty())?;
        let mut staff = person(id, name, with);
        if settled == Settled::Asked {
            staff.roles.retain(|role| !asked.contains(role));
        }
        let event = added_event(&staff, settled.watched_until(), &password_hash);
        tx.apply(Change { state: NewStaff { staff, password_hash, is_first_password: true }, event })?;
        watch(tx, id, &WatchCause::of_roles(&asked), settled)?;
        if settled == Settled::Asked {
            let half = Some(one_time.first.clone());
            ask(tx, admin, Asking { about: id, change: StaffChange::Grant, roles: asked, half })?;
            return Ok(Added { staff: id, shown: Shown::FirstHalf(one_time.first) });
        }
        Ok(Added { staff: id, shown: Shown::Whole(one_time.whole().expose_secret().to_owned()) })
    });
    match added {
        Err(ActionError::Conflict(_)) => {
            Err(ActionError::invalid("name", "This sign-in name is taken; choose another."))
        }
        other => other,
    }
}

fn person(id: StaffId, name: String, with: Particulars) -> Staff {
    let Particulars { full_name, email, roles, teams, is_cleared } = with;
    Staff { id, name, full_name, roles, teams, is_cleared, email }
}
