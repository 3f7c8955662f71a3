//! Change name, mail address, roles, teams or clearance of somebody.

use std::collections::BTreeSet;

use super::frame::{Asking, Settled, ask, asked_already, changed, keep_an_admin, known_teams, settle, watch};
use super::{Member, Particulars, Shown, as_admin};
use crate::actions::passwords::OneTime;
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::change::Change;
use crate::domain::id::StaffId;
use crate::domain::second_admin::{StaffChange, WatchCause, guarded, may_be_known};
use crate::domain::staff::Role;
use crate::store::Tx;

/// Changes somebody; `seen` is the version the form was made from. What needs a second admin is asked, everything
/// else is done. Gives the first half of a new password where the change will make one, because an admin may know
/// the one there is.
///
/// # Errors
/// A refusal (in the log); [`ActionError::Invalid`] where nothing differs; [`ActionError::Conflict`].
pub fn change_person(
    ctx: &Ctx,
    who: &SignedIn,
    id: StaffId,
    seen: Option<i32>,
    with: Particulars,
) -> Result<Option<Shown>, ActionError> {
    as_admin(ctx, who, move |tx, admin| {
        let before = super::frame::member_as_seen(tx, id, seen)?;
        known_teams(tx, &with.teams)?;
        if before.staff.is(Role::Admin) && !with.roles.contains(&Role::Admin) {
            keep_an_admin(tx, &before)?;
        }
        let (gained, newly) = gained(tx, &before, &with.roles)?;
        let settled = settle(tx, admin, id, !newly.is_empty())?;
        let mut after = applied(&before, with, tx);
        // What waits for a second admin is not given here, be it asked now or asked before.
        let is_given = |role: &Role| settled.watched_until().is_some() && newly.contains(role);
        after.staff.roles.retain(|role| !gained.contains(role) || is_given(role));
        watch(tx, id, &WatchCause::of_roles(&newly), settled)?;
        let differs = after.staff != before.staff;
        if differs {
            let event = changed(&after, settled.watched_until());
            tx.apply(Change { state: after, event })?;
        }
        if settled == Settled::Asked {
            let is_known = may_be_known(before.must_change_password, before.password_made_at, tx.now());
            let half = is_known.then(|| OneTime::made_up().first);
            ask(tx, admin, Asking { about: id, change: StaffChange::Grant, roles: newly, half: half.clone() })?;
            return Ok(half.map(Shown::FirstHalf));
        }
        if differs {
            Ok(None)
        } else {
            Err(ActionError::invalid("full_name", "Nothing here differs from what is kept."))
        }
    })
}

/// The guarded roles that this person would gain, and those of them that nobody has asked for yet.
fn gained(
    tx: &mut Tx<'_>,
    before: &Member,
    wanted: &BTreeSet<Role>,
) -> Result<(BTreeSet<Role>, BTreeSet<Role>), ActionError> {
    let gained: BTreeSet<Role> = guarded(wanted).difference(&before.staff.roles).copied().collect();
    let asked: BTreeSet<Role> = asked_already(tx, before.staff.id)?.into_iter().flat_map(|r| r.roles).collect();
    let newly = gained.difference(&asked).copied().collect();
    Ok((gained, newly))
}

fn applied(before: &Member, with: Particulars, tx: &Tx<'_>) -> Member {
    let mut after = before.clone();
    let Particulars { full_name, email, roles, teams, is_cleared } = with;
    after.staff.full_name = full_name;
    after.staff.email = email;
    after.staff.teams = teams;
    after.staff.is_cleared = is_cleared;
    after.staff.roles = roles;
    if before.is_active_admin() && !after.is_active_admin() {
        after.admin_until = Some(tx.now());
    }
    after
}
