//! Make a new register: its row, its log, the first entries, the first law.

use super::{ActionError, Ctx};
use crate::domain::change::Change;
use crate::domain::event::Event;
use crate::domain::id::TeamId;
use crate::domain::staff::Actor;
use crate::domain::text::Line;
use crate::store::About;
use crate::store::staff::Team;

/// The version of this program.
pub const SOFTWARE: &str = concat!("writ ", env!("CARGO_PKG_VERSION"));

/// Writes the first entry of a new register, and its first team.
///
/// # Errors
/// When the store fails.
pub fn create_register(ctx: &Ctx, team: TeamId, team_name: Line) -> Result<Team, ActionError> {
    let (is_demo, law) = (ctx.is_demo, ctx.law.clone());
    ctx.write_as(Actor::System("setup"), move |tx| {
        tx.record(&Event::RegisterCreated { is_demo, software: SOFTWARE.to_owned() }, About::Register)?;
        super::law::begin(tx, &law.offered)?;
        let event = Event::TeamAdded { team, name: team_name.clone() };
        Ok(tx.apply(Change { state: Team { id: team, name: team_name }, event })?)
    })
}
