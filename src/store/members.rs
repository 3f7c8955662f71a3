//! Members of staff as admins see them: active or not, with what their account is about.

use std::collections::BTreeMap;

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::{staff, staff_roles, staff_teams};
use super::staff::{StaffRow, insert_rights};
use super::transaction::{About, Stored, Tx};
use super::types::{Id, Ts};
use crate::domain::event::Event;
use crate::domain::id::{StaffId, TeamId};
use crate::domain::staff::{Role, Staff};
use crate::domain::time::Instant;

/// A member of staff with what their account is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub staff: Staff,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Whether they must choose another password first.
    pub must_change_password: bool,
    /// When an admin last made their password.
    pub password_made_at: Option<Instant>,
    /// When they signed in last.
    pub signed_in_at: Option<Instant>,
    /// When they joined.
    pub added_at: Instant,
    /// When they last ceased to be an active admin.
    pub admin_until: Option<Instant>,
    /// Counts changes.
    pub version: i32,
}

impl Member {
    /// Whether this is somebody who manages staff now.
    pub fn is_active_admin(&self) -> bool {
        self.is_active && self.staff.is(Role::Admin)
    }
}

impl Stored for Member {
    fn about(&self) -> About {
        About::Register
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, _seq: i64) -> Result<(), StoreError> {
        let id = Id(self.staff.id.0);
        let as_read = staff::table.filter(staff::id.eq(id).and(staff::version.eq(self.version)));
        let kept = diesel::update(as_read)
            .set((
                staff::full_name.eq(self.staff.full_name.as_str()),
                staff::email.eq(self.staff.email.as_ref().map(ToString::to_string)),
                staff::is_cleared.eq(self.staff.is_cleared),
                staff::is_active.eq(self.is_active),
                staff::admin_until.eq(self.admin_until.map(Ts)),
                staff::version.eq(staff::version + 1),
            ))
            .execute(tx.conn)?;
        if kept != 1 {
            return Err(StoreError::Conflict);
        }
        diesel::delete(staff_roles::table.filter(staff_roles::staff_id.eq(id))).execute(tx.conn)?;
        diesel::delete(staff_teams::table.filter(staff_teams::staff_id.eq(id))).execute(tx.conn)?;
        insert_rights(tx, &self.staff)
    }
}

/// A member of staff by id, active or not: three statements.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn find(conn: &mut Conn, id: StaffId) -> Result<Option<Member>, StoreError> {
    let rows = staff::table.find(Id(id.0)).select(StaffRow::as_select()).load(conn)?;
    Ok(assemble(conn, rows)?.pop())
}

/// A page of members by name, after the member with an id: three statements, four after the first page.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list(conn: &mut Conn, after: Option<StaffId>, limit: i64) -> Result<Vec<Member>, StoreError> {
    let mut query = staff::table.order((staff::full_name.asc(), staff::id.asc())).limit(limit).into_boxed();
    if let Some(after) = after {
        let id = Id(after.0);
        let name: Option<String> = staff::table.find(id).select(staff::full_name).first(conn).optional()?;
        let name = name.unwrap_or_default();
        query = query.filter(staff::full_name.gt(name.clone()).or(staff::full_name.eq(name).and(staff::id.gt(id))));
    }
    let rows = query.select(StaffRow::as_select()).load(conn)?;
    assemble(conn, rows)
}

/// How many active people hold each role.
///
/// # Errors
/// When the database fails.
pub fn count_by_role(conn: &mut Conn) -> Result<BTreeMap<String, i64>, StoreError> {
    let counted = staff_roles::table
        .inner_join(staff::table.on(staff::id.eq(staff_roles::staff_id)))
        .filter(staff::is_active.eq(true))
        .group_by(staff_roles::role)
        .select((staff_roles::role, count_star()))
        .load::<(String, i64)>(conn)?;
    Ok(counted.into_iter().collect())
}

/// Who is in each team, active people by name.
///
/// # Errors
/// When the database fails.
pub fn list_by_team(conn: &mut Conn) -> Result<BTreeMap<TeamId, Vec<(StaffId, String)>>, StoreError> {
    let rows: Vec<(Id, Id, String)> = staff_teams::table
        .inner_join(staff::table.on(staff::id.eq(staff_teams::staff_id)))
        .filter(staff::is_active.eq(true))
        .order((staff::full_name.asc(), staff::id.asc()))
        .select((staff_teams::team_id, staff::id, staff::full_name))
        .load(conn)?;
    let mut by_team: BTreeMap<TeamId, Vec<(StaffId, String)>> = BTreeMap::new();
    for (team, id, name) in rows {
        by_team.entry(TeamId(team.0)).or_default().push((StaffId(id.0), name));
    }
    Ok(by_team)
}

/// Rows with their roles and teams, in one statement each.
fn assemble(conn: &mut Conn, rows: Vec<StaffRow>) -> Result<Vec<Member>, StoreError> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let roles: Vec<(Id, String)> = staff_roles::table
        .filter(staff_roles::staff_id.eq_any(ids.clone()))
        .select((staff_roles::staff_id, staff_roles::role))
        .load(conn)?;
    let teams: Vec<(Id, Id)> = staff_teams::table
        .filter(staff_teams::staff_id.eq_any(ids))
        .select((staff_teams::staff_id, staff_teams::team_id))
        .load(conn)?;
    let member = |row: StaffRow| {
        let roles: Vec<String> = roles.iter().filter(|(id, _)| *id == row.id).map(|(_, role)| role.clone()).collect();
        let teams: Vec<Id> = teams.iter().filter(|(id, _)| *id == row.id).map(|(_, team)| *team).collect();
        Ok(Member {
            staff: row.staff(&roles, &teams)?,
            is_active: row.is_active,
            must_change_password: row.must_change_password,
            password_made_at: row.password_made_at.map(|Ts(at)| at),
            signed_in_at: row.signed_in_at.map(|Ts(at)| at),
            added_at: row.created_at.0,
            admin_until: row.admin_until.map(|Ts(at)| at),
            version: row.version,
        })
    };
    rows.into_iter().map(member).collect()
}
