//! Whose token this is, and what it may do.

use serde::Serialize;

use super::{Answer, ok};
use crate::actions::view_teams::own_teams;
use crate::domain::id::{StaffId, TeamId};
use crate::domain::staff::{Role, Verb};
use crate::web::extract::Visitor;

#[derive(Serialize)]
struct MeJson {
    id: StaffId,
    name: String,
    full_name: String,
    roles: Vec<Role>,
    teams: Vec<TeamJson>,
    is_cleared: bool,
    /// What one of the roles allows at all; which case, and after whom, the case itself decides.
    verbs: Vec<Verb>,
}

#[derive(Serialize)]
struct TeamJson {
    id: TeamId,
    name: String,
}

/// `GET /api/v1/me`
///
/// # Errors
/// When the store fails.
pub async fn show(by: Visitor) -> Answer {
    let teams = by.run(own_teams).await?;
    let staff = &by.who().staff;
    Ok(ok(&MeJson {
        id: staff.id,
        name: staff.name.clone(),
        full_name: staff.full_name.to_string(),
        roles: staff.roles.iter().copied().collect(),
        teams: teams.into_iter().map(|team| TeamJson { id: team.id, name: team.name.to_string() }).collect(),
        is_cleared: staff.is_cleared,
        verbs: Verb::ALL.iter().copied().filter(|&verb| by.may(verb)).collect(),
    }))
}
