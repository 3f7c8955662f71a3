//! The teams that a person works in.

use super::{ActionError, Ctx, SignedIn};
use crate::store::staff;

pub use crate::store::staff::Team;

/// A person's own teams by name; one's own name and teams are nobody's secret, so the log tells nothing of it.
///
/// # Errors
/// When the store fails.
pub fn own_teams(ctx: &Ctx, who: &SignedIn) -> Result<Vec<Team>, ActionError> {
    let mut teams = ctx.store.read(staff::list_teams)?;
    teams.retain(|team| who.staff.teams.contains(&team.id));
    Ok(teams)
}
