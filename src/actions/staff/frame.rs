//! What every act on the staff shares.

use std::collections::BTreeSet;

use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::id::{StaffId, StaffRequestId, TeamId};
use crate::domain::refusal::Refusal;
use crate::domain::second_admin::{StaffChange, StaffRequest, Watch, WatchCause, Way, way};
use crate::domain::staff::{Role, Staff, Verb, may};
use crate::domain::time::Instant;
use crate::store::members::Member;
use crate::store::second_admin::KeptRequest;
use crate::store::{Tx, members, second_admin, staff};
use crate::system;

/// Asks whether somebody may manage staff; a refusal goes to the log at once.
pub(in crate::actions) fn check(ctx: &Ctx, who: &SignedIn) -> Result<(), ActionError> {
    let Err(refusal) = may(&who.staff, Verb::ManageStaff, None) else { return Ok(()) };
    ctx.write(&who.staff, move |_| Err(ActionError::refused(refusal, Verb::ManageStaff)))
}

/// Runs an act of an admin in one write, with the rights held at that moment.
pub(in crate::actions) fn as_admin<T: Send + 'static>(
    ctx: &Ctx,
    who: &SignedIn,
    act: impl FnOnce(&mut Tx<'_>, &Staff) -> Result<T, ActionError> + Send + 'static,
) -> Result<T, ActionError> {
    let id = who.staff.id;
    ctx.write(&who.staff, move |tx| {
        let refuse = |refusal| ActionError::refused(refusal, Verb::ManageStaff);
        let admin = staff::find(tx.conn(), id)?.ok_or(ActionError::NotFound)?;
        may(&admin, Verb::ManageStaff, None).map_err(refuse)?;
        act(tx, &admin).map_err(|error| match error {
            ActionError::Refused(refused) => refuse(refused.refusal),
            other => other,
        })
    })
}

/// The member an act is about.
pub(super) fn member(tx: &mut Tx<'_>, id: StaffId) -> Result<Member, ActionError> {
    members::find(tx.conn(), id)?.ok_or(ActionError::NotFound)
}

/// The member at the version that the form was made from.
pub(super) fn member_as_seen(tx: &mut Tx<'_>, id: StaffId, seen: Option<i32>) -> Result<Member, ActionError> {
    let found = member(tx, id)?;
    let is_as_seen = seen.is_none_or(|version| version == found.version);
    if is_as_seen { Ok(found) } else { Err(ActionError::Conflict(Some("Somebody changed this person.".into()))) }
}

/// How an act goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// It needs nobody else.
    Free,
    /// There is nobody else: it is done, and watched until then.
    Watched(Instant),
    /// Another admin must confirm it.
    Asked,
}

impl Settled {
    /// The end of the watch, where there is one.
    pub(super) fn watched_until(self) -> Option<Instant> {
        if let Settled::Watched(until) = self { Some(until) } else { None }
    }
}

/// Asks the second-admin rule about an act on somebody.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    admin: &Staff,
    about: StaffId,
    needs_second: bool,
) -> Result<Settled, ActionError> {
    if !needs_second {
        return Ok(Settled::Free);
    }
    let now = tx.now();
    let admins = second_admin::admins(tx.conn(), now)?;
    match way(admin.id, about, &admins, now)? {
        Way::Ask => Ok(Settled::Asked),
        Way::AtOnce { watched_until } => Ok(Settled::Watched(watched_until)),
    }
}

/// What is asked of a second admin.
pub(super) struct Asking {
    /// About whom.
    pub(super) about: StaffId,
    /// What.
    pub(super) change: StaffChange,
    /// The roles to give.
    pub(super) roles: BTreeSet<Role>,
    /// The first half of the password it makes.
    pub(super) half: Option<String>,
}

/// Leaves a change for another admin to confirm.
pub(super) fn ask(tx: &mut Tx<'_>, admin: &Staff, asking: Asking) -> Result<(), ActionError> {
    let Asking { about, change, roles, half } = asking;
    let id = StaffRequestId(system::fresh_id());
    let request = StaffRequest { id, staff: about, change, roles, by: admin.id, at: tx.now() };
    let event = Event::StaffChangeAsked(request.clone());
    tx.apply(Change { state: KeptRequest { request, half, ended_by: None }, event })?;
    Ok(())
}

/// Keeps what the only admin does, to be shown on that person's approvals.
pub(super) fn watch(
    tx: &mut Tx<'_>,
    staff: StaffId,
    causes: &[WatchCause],
    settled: Settled,
) -> Result<(), ActionError> {
    let Some(until) = settled.watched_until() else { return Ok(()) };
    let since = tx.now();
    for &cause in causes {
        second_admin::insert_watch(tx, &Watch { staff, cause, since, until })?;
    }
    Ok(())
}

/// The roles asked for somebody already, and whether anything is open about them.
pub(super) fn asked_already(tx: &mut Tx<'_>, about: StaffId) -> Result<Vec<StaffRequest>, ActionError> {
    Ok(second_admin::list_open(tx.conn(), Some(about))?.into_iter().map(|open| open.request).collect())
}

/// Refuses an act that would leave nobody to manage staff.
pub(super) fn keep_an_admin(tx: &mut Tx<'_>, leaving: &Member) -> Result<(), ActionError> {
    let now = tx.now();
    let others = second_admin::admins(tx.conn(), now)?;
    let is_last = !others.iter().any(|a| a.is_active && a.id != leaving.staff.id);
    if leaving.is_active_admin() && is_last { Err(Refusal::OnlyAdmin.into()) } else { Ok(()) }
}

/// Refuses teams that are not there.
pub(super) fn known_teams(tx: &mut Tx<'_>, teams: &BTreeSet<TeamId>) -> Result<(), ActionError> {
    let all: BTreeSet<TeamId> = staff::list_teams(tx.conn())?.iter().map(|team| team.id).collect();
    if teams.is_subset(&all) { Ok(()) } else { Err(ActionError::invalid("teams", "Choose teams of the list.")) }
}

/// What the log keeps of a member as they are now.
pub(super) fn changed(member: &Member, watched_until: Option<Instant>) -> Event {
    let staff = member.staff.clone();
    Event::StaffChanged {
        staff: staff.id,
        full_name: staff.full_name,
        roles: staff.roles,
        teams: staff.teams,
        is_cleared: staff.is_cleared,
        email: staff.email,
        watched_until,
    }
}
