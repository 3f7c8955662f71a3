//! Staff, teams, sessions, API tokens.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use serde::Serialize;

use super::conn::Conn;
use super::error::StoreError;
use super::recall::CasesAsOf;
use super::schema::{api_tokens, registers, sessions, staff, staff_roles, staff_teams, teams};
use super::transaction::{About, Stored, Tx};
use super::types::{Id, Ts};
use crate::domain::event::Event;
use crate::domain::id::{StaffId, TeamId, TokenId};
use crate::domain::staff::{Role, Staff, Verb, roles_for};
use crate::domain::text::Line;
use crate::domain::time::Instant;

/// A new member of staff with the hash of a first password.
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// Who.
    pub staff: Staff,
    /// Argon2id in PHC form.
    pub password_hash: String,
    /// Whether an admin knows the password, so that its owner must choose another first.
    pub is_first_password: bool,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Team {
    /// Identity.
    pub id: TeamId,
    /// Name.
    pub name: Line,
}

/// A signed-in session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie's value, lower-case hex.
    pub id_hash: String,
    /// Whose.
    pub staff: StaffId,
    /// When it began.
    pub created_at: Instant,
    /// When it was last used.
    pub seen_at: Instant,
    /// When it ends at the latest.
    pub ends_at: Instant,
    /// Whether its owner must choose another password before anything else.
    pub must_change_password: bool,
}

/// A new API token: only its hash is kept.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Identity.
    pub id: TokenId,
    /// Whose.
    pub staff: StaffId,
    /// What it is for.
    pub name: Line,
    /// SHA-256 of the token, lower-case hex.
    pub token_hash: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it ends by itself.
    pub expires_at: Option<Instant>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = staff, treat_none_as_default_value = false)]
pub(super) struct StaffRow {
    pub(super) id: Id,
    name: String,
    full_name: String,
    is_cleared: bool,
    pub(super) is_active: bool,
    password_hash: String,
    pub(super) created_at: Ts,
    pub(super) version: i32,
    email: Option<String>,
    pub(super) must_change_password: bool,
    pub(super) password_made_at: Option<Ts>,
    pub(super) signed_in_at: Option<Ts>,
    pub(super) admin_until: Option<Ts>,
}

impl Stored for Team {
    fn about(&self) -> About {
        About::Register
    }

    fn keep(&self, tx: &mut Tx<'_>, event: &Event, _seq: i64) -> Result<(), StoreError> {
        if matches!(event, Event::TeamRenamed { .. }) {
            let renamed = diesel::update(teams::table.find(Id(self.id.0)))
                .set((teams::name.eq(self.name.as_str()), teams::version.eq(teams::version + 1)))
                .execute(tx.conn)?;
            return if renamed == 1 { Ok(()) } else { Err(StoreError::Conflict) };
        }
        diesel::insert_into(teams::table)
            .values((teams::id.eq(Id(self.id.0)), teams::name.eq(self.name.as_str()), teams::version.eq(1)))
            .execute(tx.conn)?;
        Ok(())
    }
}

impl Stored for NewStaff {
    fn about(&self) -> About {
        About::Register
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, _seq: i64) -> Result<(), StoreError> {
        let id = Id(self.staff.id.0);
        let row = StaffRow {
            id,
            name: self.staff.name.clone(),
            full_name: self.staff.full_name.to_string(),
            is_cleared: self.staff.is_cleared,
            is_active: true,
            password_hash: self.password_hash.clone(),
            created_at: Ts(tx.now()),
            version: 1,
            email: self.staff.email.as_ref().map(ToString::to_string),
            must_change_password: self.is_first_password,
            password_made_at: self.is_first_password.then(|| Ts(tx.now())),
            signed_in_at: None,
            admin_until: None,
        };
        diesel::insert_into(staff::table).values(row).execute(tx.conn)?;
        insert_rights(tx, &self.staff)
    }
}

/// Writes the rows of roles and teams.
///
/// # Errors
/// When the database fails.
pub(super) fn insert_rights(tx: &mut Tx<'_>, who: &Staff) -> Result<(), StoreError> {
    let id = Id(who.id.0);
    for role in &who.roles {
        let row = (staff_roles::staff_id.eq(id), staff_roles::role.eq(role.as_str()));
        diesel::insert_into(staff_roles::table).values(row).execute(tx.conn)?;
    }
    for team in &who.teams {
        let row = (staff_teams::staff_id.eq(id), staff_teams::team_id.eq(Id(team.0)));
        diesel::insert_into(staff_teams::table).values(row).execute(tx.conn)?;
    }
    Ok(())
}

impl Stored for NewToken {
    fn about(&self) -> About {
        About::Register
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, _seq: i64) -> Result<(), StoreError> {
        diesel::insert_into(api_tokens::table)
            .values((
                api_tokens::id.eq(Id(self.id.0)),
                api_tokens::staff_id.eq(Id(self.staff.0)),
                api_tokens::name.eq(self.name.as_str()),
                api_tokens::token_hash.eq(&self.token_hash),
                api_tokens::created_at.eq(Ts(self.created_at)),
                api_tokens::revoked_at.eq(None::<Ts>),
                api_tokens::expires_at.eq(self.expires_at.map(Ts)),
            ))
            .execute(tx.conn)?;
        Ok(())
    }
}

/// Keeps when somebody signed in last; the entry stands in the same transaction.
pub(super) fn mark_signed_in(tx: &mut Tx<'_>, whom: StaffId, at: Instant) -> Result<(), StoreError> {
    let person = staff::table.find(Id(whom.0));
    diesel::update(person).set(staff::signed_in_at.eq(Some(Ts(at)))).execute(tx.conn)?;
    Ok(())
}

/// Keeps a new session, and when its owner signed in; the sign-in's entry stands in the same transaction.
///
/// # Errors
/// When the database fails.
pub fn insert_session(tx: &mut Tx<'_>, session: &Session) -> Result<(), StoreError> {
    mark_signed_in(tx, session.staff, tx.now())?;
    diesel::insert_into(sessions::table)
        .values((
            sessions::id_hash.eq(&session.id_hash),
            sessions::staff_id.eq(Id(session.staff.0)),
            sessions::created_at.eq(Ts(session.created_at)),
            sessions::seen_at.eq(Ts(session.seen_at)),
            sessions::ends_at.eq(Ts(session.ends_at)),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Ends a session; the sign-out's entry stands in the same transaction.
///
/// # Errors
/// When the database fails.
pub fn end_session(tx: &mut Tx<'_>, id_hash: &str) -> Result<(), StoreError> {
    diesel::delete(sessions::table.find(id_hash)).execute(tx.conn)?;
    Ok(())
}

/// A session with its owner, if it has not ended and its owner is active, and how far cases had changed: three statements.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn find_session(
    conn: &mut Conn,
    id_hash: &str,
    now: Instant,
) -> Result<Option<(Session, Staff, CasesAsOf)>, StoreError> {
    let changed = registers::table.find(1).select(registers::cases_changed).single_value();
    let row: Option<(Ts, Ts, Ts, StaffRow, Option<i64>)> = sessions::table
        .inner_join(staff::table)
        .filter(sessions::id_hash.eq(id_hash).and(sessions::ends_at.gt(Ts(now))).and(staff::is_active.eq(true)))
        .select((sessions::created_at, sessions::seen_at, sessions::ends_at, StaffRow::as_select(), changed))
        .first(conn)
        .optional()?;
    let Some((created, seen, ends, row, changed)) = row else { return Ok(None) };
    let staff = with_rights(conn, &row)?;
    let session = Session {
        id_hash: id_hash.to_owned(),
        staff: staff.id,
        created_at: created.0,
        seen_at: seen.0,
        ends_at: ends.0,
        must_change_password: row.must_change_password,
    };
    Ok(Some((session, staff, CasesAsOf(changed.unwrap_or_default()))))
}

/// The owner of an API token that is neither revoked nor expired.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn find_by_token(conn: &mut Conn, token_hash: &str, now: Instant) -> Result<Option<Staff>, StoreError> {
    let row: Option<StaffRow> = api_tokens::table
        .inner_join(staff::table)
        .filter(
            api_tokens::token_hash.eq(token_hash).and(api_tokens::revoked_at.is_null()).and(staff::is_active.eq(true)),
        )
        .filter(api_tokens::expires_at.is_null().or(api_tokens::expires_at.gt(Ts(now))))
        .select(StaffRow::as_select())
        .first(conn)
        .optional()?;
    row.map(|row| with_rights(conn, &row)).transpose()
}

/// An active member of staff by sign-in name, with the password's hash.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn find_by_name(conn: &mut Conn, name: &str) -> Result<Option<(Staff, String)>, StoreError> {
    let row: Option<StaffRow> = staff::table
        .filter(staff::name.eq(name).and(staff::is_active.eq(true)))
        .select(StaffRow::as_select())
        .first(conn)
        .optional()?;
    row.map(|row| Ok((with_rights(conn, &row)?, row.password_hash))).transpose()
}

/// A member of staff by id, with the rights held now.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn find(conn: &mut Conn, id: StaffId) -> Result<Option<Staff>, StoreError> {
    let row: Option<StaffRow> = staff::table
        .filter(staff::id.eq(Id(id.0)).and(staff::is_active.eq(true)))
        .select(StaffRow::as_select())
        .first(conn)
        .optional()?;
    row.map(|row| with_rights(conn, &row)).transpose()
}

/// Everybody's name as colleagues read it, by id.
///
/// # Errors
/// When the database fails.
pub fn names(conn: &mut Conn) -> Result<BTreeMap<StaffId, String>, StoreError> {
    let rows: Vec<(Id, String)> = staff::table.select((staff::id, staff::full_name)).load(conn)?;
    Ok(rows.into_iter().map(|(id, name)| (StaffId(id.0), name)).collect())
}

/// Somebody who works on cases, as a list of colleagues has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// Who.
    pub id: StaffId,
    /// Name.
    pub name: String,
    /// Cleared for national security.
    pub is_cleared: bool,
    /// Those of the asker's teams that this person is in.
    pub teams: BTreeSet<TeamId>,
}

/// Everybody's name by id, and those who work on cases, by name.
pub type People = (BTreeMap<StaffId, String>, Vec<Colleague>);

/// Everybody's name by id, and who of them works on cases in one of these teams, by name: one statement.
///
/// # Errors
/// When the database fails.
pub fn people(conn: &mut Conn, of_teams: &BTreeSet<TeamId>) -> Result<People, StoreError> {
    let of_teams: Vec<Id> = of_teams.iter().map(|t| Id(t.0)).collect();
    let roles: Vec<&str> = roles_for(Verb::Amend).iter().map(|role| role.as_str()).collect();
    let works = staff_roles::staff_id.eq(staff::id).and(staff_roles::role.eq_any(roles));
    let in_team = staff_teams::staff_id.eq(staff::id).and(staff_teams::team_id.eq_any(of_teams));
    type Row = (Id, String, bool, bool, Option<String>, Option<Id>);
    let rows: Vec<Row> = staff::table
        .left_join(staff_roles::table.on(works))
        .left_join(staff_teams::table.on(in_team))
        .order((staff::full_name.asc(), staff::id.asc()))
        .select((
            staff::id,
            staff::full_name,
            staff::is_active,
            staff::is_cleared,
            staff_roles::role.nullable(),
            staff_teams::team_id.nullable(),
        ))
        .load(conn)?;
    let (mut names, mut colleagues) = (BTreeMap::new(), Vec::<Colleague>::new());
    for (id, name, is_active, is_cleared, role, team) in rows {
        let id = StaffId(id.0);
        if let (true, Some(_), Some(team)) = (is_active, role, team) {
            match colleagues.last_mut().filter(|last| last.id == id) {
                Some(known) => drop(known.teams.insert(TeamId(team.0))),
                None => {
                    colleagues.push(Colleague { id, name: name.clone(), is_cleared, teams: [TeamId(team.0)].into() })
                }
            }
        }
        names.insert(id, name);
    }
    Ok((names, colleagues))
}

/// All teams by name.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_teams(conn: &mut Conn) -> Result<Vec<Team>, StoreError> {
    let rows: Vec<(Id, String)> = teams::table.order(teams::name.asc()).select((teams::id, teams::name)).load(conn)?;
    let team = |(id, name): (Id, String)| {
        let name = Line::parse("name", &name).map_err(|e| StoreError::corrupt("teams", id.0, e.reason))?;
        Ok(Team { id: TeamId(id.0), name })
    };
    rows.into_iter().map(team).collect()
}

/// Everybody who holds a role, whether active or not: one statement.
///
/// # Errors
/// When the database fails.
pub fn holders(conn: &mut Conn, role: Role) -> Result<Vec<StaffId>, StoreError> {
    let ids: Vec<Id> =
        staff_roles::table.filter(staff_roles::role.eq(role.as_str())).select(staff_roles::staff_id).load(conn)?;
    Ok(ids.into_iter().map(|id| StaffId(id.0)).collect())
}

/// Active people with a mail address who hold one of these roles, with the rights held now: three statements.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_reachable(conn: &mut Conn, roles: &[Role]) -> Result<Vec<Staff>, StoreError> {
    let words: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    let holders = staff_roles::table.filter(staff_roles::role.eq_any(words)).select(staff_roles::staff_id);
    let rows: Vec<StaffRow> = staff::table
        .filter(staff::is_active.eq(true).and(staff::email.is_not_null()).and(staff::id.eq_any(holders)))
        .order(staff::name.asc())
        .select(StaffRow::as_select())
        .load(conn)?;
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let roles: Vec<(Id, String)> = staff_roles::table
        .filter(staff_roles::staff_id.eq_any(&ids))
        .select((staff_roles::staff_id, staff_roles::role))
        .load(conn)?;
    let teams: Vec<(Id, Id)> = staff_teams::table
        .filter(staff_teams::staff_id.eq_any(&ids))
        .select((staff_teams::staff_id, staff_teams::team_id))
        .load(conn)?;
    let whole = |row: &StaffRow| {
        let roles: Vec<String> = roles.iter().filter(|(of, _)| *of == row.id).map(|(_, role)| role.clone()).collect();
        let teams: Vec<Id> = teams.iter().filter(|(of, _)| *of == row.id).map(|(_, team)| *team).collect();
        row.staff(&roles, &teams)
    };
    rows.iter().map(whole).collect()
}

/// Roles and teams in one statement each.
fn with_rights(conn: &mut Conn, row: &StaffRow) -> Result<Staff, StoreError> {
    let roles: Vec<String> =
        staff_roles::table.filter(staff_roles::staff_id.eq(row.id)).select(staff_roles::role).load(conn)?;
    let teams: Vec<Id> =
        staff_teams::table.filter(staff_teams::staff_id.eq(row.id)).select(staff_teams::team_id).load(conn)?;
    row.staff(&roles, &teams)
}

impl StaffRow {
    /// The person of this row, with the rights read beside it.
    pub(super) fn staff(&self, roles: &[String], teams: &[Id]) -> Result<Staff, StoreError> {
        let corrupt = |why: String| StoreError::corrupt("staff", self.id.0, why);
        let role = |word: &String| word.parse().map_err(|e: crate::domain::words::UnknownWord| corrupt(e.to_string()));
        Ok(Staff {
            id: StaffId(self.id.0),
            name: self.name.clone(),
            full_name: Line::parse("full_name", &self.full_name).map_err(|e| corrupt(e.reason))?,
            roles: roles.iter().map(role).collect::<Result<BTreeSet<_>, _>>()?,
            teams: teams.iter().map(|id| TeamId(id.0)).collect(),
            is_cleared: self.is_cleared,
            email: self.email.as_deref().map(|e| Line::parse("email", e)).transpose().map_err(|e| corrupt(e.reason))?,
        })
    }
}
