//! Teams: who is in them, adding one, renaming one.

use std::collections::BTreeMap;

use super::staff::{Team, as_admin, check};
use super::{ActionError, Ctx, SignedIn};
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::id::{StaffId, TeamId};
use crate::domain::text::Line;
use crate::store::{StoreError, members, staff};
use crate::system;

/// The teams and who is in them.
#[derive(Debug, Clone)]
pub struct Teams {
    /// By name.
    pub teams: Vec<Team>,
    /// Active people of each team by name.
    pub people: BTreeMap<TeamId, Vec<(StaffId, String)>>,
}

/// Shows the teams.
///
/// # Errors
/// A refusal for people who do not manage staff (in the log).
pub fn list_teams(ctx: &Ctx, who: &SignedIn) -> Result<Teams, ActionError> {
    check(ctx, who)?;
    let read = |conn: &mut crate::store::Conn| {
        Ok::<_, StoreError>(Teams { teams: staff::list_teams(conn)?, people: members::list_by_team(conn)? })
    };
    Ok(ctx.store.read(read)?)
}

/// Adds a team.
///
/// # Errors
/// A refusal (in the log); [`ActionError::Invalid`] for a name that is taken.
pub fn add_team(ctx: &Ctx, who: &SignedIn, name: Line) -> Result<(), ActionError> {
    let id = TeamId(system::fresh_id());
    let event = Event::TeamAdded { team: id, name: name.clone() };
    keep(ctx, who, Change { state: Team { id, name }, event })
}

/// Gives a team another name.
///
/// # Errors
/// A refusal (in the log); [`ActionError::Invalid`] for a name that is taken; [`ActionError::NotFound`].
pub fn rename_team(ctx: &Ctx, who: &SignedIn, id: TeamId, name: Line) -> Result<(), ActionError> {
    check(ctx, who)?;
    let is_there = ctx.store.read(staff::list_teams)?.iter().any(|team| team.id == id);
    if !is_there {
        return Err(ActionError::NotFound);
    }
    let event = Event::TeamRenamed { team: id, name: name.clone() };
    keep(ctx, who, Change { state: Team { id, name }, event })
}

fn keep(ctx: &Ctx, who: &SignedIn, change: Change<Team>) -> Result<(), ActionError> {
    match as_admin(ctx, who, move |tx, _| Ok(tx.apply(change)?)) {
        Ok(_) => Ok(()),
        Err(ActionError::Conflict(_)) => Err(ActionError::invalid("name", "There is a team of this name already.")),
        Err(other) => Err(other),
    }
}
