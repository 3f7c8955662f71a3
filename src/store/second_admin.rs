//! What waits for a second admin, what the only admin did alone, and who is an admin.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::{staff, staff_requests, staff_roles, staff_watches};
use super::transaction::{About, Stored, Tx};
use super::types::{Id, Ts};
use crate::domain::event::Event;
use crate::domain::id::{StaffId, StaffRequestId};
use crate::domain::second_admin::{AdminSeen, StaffRequest, WATCH, Watch};
use crate::domain::staff::Role;
use crate::domain::time::Instant;
use crate::seal::Key;
use crate::system;

/// A request as an act leaves it.
#[derive(Debug, Clone)]
pub struct KeptRequest {
    /// The request.
    pub request: StaffRequest,
    /// The first half of a password, where the change makes one. Kept sealed.
    pub half: Option<String>,
    /// Who answered it; none while it is open.
    pub ended_by: Option<StaffId>,
}

/// An open request with the names of the people in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRequest {
    /// The request.
    pub request: StaffRequest,
    /// The name of whom it is about.
    pub full_name: String,
    /// The name of who asked.
    pub asker: String,
    /// Whether confirming it makes a new password.
    pub makes_password: bool,
}

/// Everybody's name by id, and what the only admin did alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamesAndWatches {
    /// Names as colleagues read them.
    pub names: BTreeMap<StaffId, String>,
    /// The watches, running and past.
    pub watches: Vec<Watch>,
}

/// Cause, beginning and end of a watch.
type Watched = (String, Ts, Ts);
/// Identity, whom it is about, what is asked, the roles, who asked, when.
type RequestColumns = (Id, Id, String, String, Id, Ts);

impl Stored for KeptRequest {
    fn about(&self) -> About {
        About::Register
    }

    fn keep(&self, tx: &mut Tx<'_>, event: &Event, _seq: i64) -> Result<(), StoreError> {
        let ended_as = match event {
            Event::StaffChangeConfirmed(_) => "confirmed",
            Event::StaffChangeDeclined(_) => "declined",
            _ => return insert(tx, &self.request, self.half.as_deref()),
        };
        let open = staff_requests::table.find(Id(self.request.id.0)).filter(staff_requests::ended_at.is_null());
        let ended = diesel::update(open)
            .set((
                staff_requests::ended_at.eq(Some(Ts(tx.now()))),
                staff_requests::ended_by.eq(self.ended_by.map(|by| Id(by.0))),
                staff_requests::ended_as.eq(Some(ended_as)),
                staff_requests::half.eq(None::<Vec<u8>>),
            ))
            .execute(tx.conn)?;
        if ended == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }
}

fn insert(tx: &mut Tx<'_>, request: &StaffRequest, half: Option<&str>) -> Result<(), StoreError> {
    let place = half_place(request.id.0);
    let seal = |half: &str| tx.installation.seal(system::chance(), &place, half.as_bytes());
    let half = half.map(seal).transpose()?;
    let roles = serde_json::to_string(&request.roles).map_err(|e| StoreError::Down(e.to_string()))?;
    diesel::insert_into(staff_requests::table)
        .values((
            staff_requests::id.eq(Id(request.id.0)),
            staff_requests::staff_id.eq(Id(request.staff.0)),
            staff_requests::change.eq(request.change.as_str()),
            staff_requests::roles.eq(roles),
            staff_requests::asked_by.eq(Id(request.by.0)),
            staff_requests::asked_at.eq(Ts(request.at)),
            staff_requests::half.eq(half),
        ))
        .execute(tx.conn)?;
    Ok(())
}

pub(super) fn half_place(id: uuid::Uuid) -> String {
    format!("staff_requests half {id}")
}

/// Whether the sealed first half of a password, as its row has it, opens.
pub(super) fn half_opens(installation: &Key, request: &str, sealed: &[u8]) -> bool {
    let id = request.parse::<StaffRequestId>();
    id.is_ok_and(|id| installation.open(&half_place(id.0), sealed).is_ok())
}

/// An open request, and the first half of the password it makes, if it makes one.
///
/// # Errors
/// When the database fails or the row makes no sense.
pub fn find_open(
    conn: &mut Conn,
    installation: &Key,
    id: StaffRequestId,
) -> Result<Option<(StaffRequest, Option<String>)>, StoreError> {
    let row: Option<(RequestColumns, Option<Vec<u8>>)> = staff_requests::table
        .find(Id(id.0))
        .filter(staff_requests::ended_at.is_null())
        .select((
            (
                staff_requests::id,
                staff_requests::staff_id,
                staff_requests::change,
                staff_requests::roles,
                staff_requests::asked_by,
                staff_requests::asked_at,
            ),
            staff_requests::half,
        ))
        .first(conn)
        .optional()?;
    let Some((columns, half)) = row else { return Ok(None) };
    let open = |sealed: Vec<u8>| {
        let plain = installation.open(&half_place(id.0), &sealed)?;
        String::from_utf8(plain).map_err(|e| StoreError::corrupt("staff_requests", id, e))
    };
    Ok(Some((request(columns)?, half.map(open).transpose()?)))
}

/// The open requests, oldest first; those about one person where one is named.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_open(conn: &mut Conn, about: Option<StaffId>) -> Result<Vec<OpenRequest>, StoreError> {
    let askers = diesel::alias!(staff as askers);
    let mut query = staff_requests::table
        .inner_join(staff::table.on(staff::id.eq(staff_requests::staff_id)))
        .inner_join(askers.on(askers.field(staff::id).eq(staff_requests::asked_by)))
        .filter(staff_requests::ended_at.is_null())
        .order((staff_requests::asked_at.asc(), staff_requests::id.asc()))
        .select((
            (
                staff_requests::id,
                staff_requests::staff_id,
                staff_requests::change,
                staff_requests::roles,
                staff_requests::asked_by,
                staff_requests::asked_at,
            ),
            staff::full_name,
            askers.field(staff::full_name),
            staff_requests::half.is_not_null(),
        ))
        .into_boxed();
    if let Some(about) = about {
        query = query.filter(staff_requests::staff_id.eq(Id(about.0)));
    }
    let rows: Vec<(RequestColumns, String, String, bool)> = query.load(conn)?;
    let open = |(columns, full_name, asker, makes_password)| {
        Ok(OpenRequest { request: request(columns)?, full_name, asker, makes_password })
    };
    rows.into_iter().map(open).collect()
}

fn request((id, staff, change, roles, by, at): RequestColumns) -> Result<StaffRequest, StoreError> {
    let corrupt = |why: String| StoreError::corrupt("staff_requests", id.0, why);
    let roles: BTreeSet<Role> = serde_json::from_str(&roles).map_err(|e| corrupt(e.to_string()))?;
    let change = change.parse().map_err(|e: crate::domain::words::UnknownWord| corrupt(e.to_string()))?;
    let (id, staff, by) = (StaffRequestId(id.0), StaffId(staff.0), StaffId(by.0));
    Ok(StaffRequest { id, staff, change, roles, by, at: at.0 })
}

/// Keeps what the only admin did alone; its entry stands in the same transaction.
///
/// # Errors
/// When the database fails.
pub fn insert_watch(tx: &mut Tx<'_>, watch: &Watch) -> Result<(), StoreError> {
    diesel::insert_into(staff_watches::table)
        .values((
            staff_watches::id.eq(Id(system::fresh_id())),
            staff_watches::staff_id.eq(Id(watch.staff.0)),
            staff_watches::cause.eq(watch.cause.as_str()),
            staff_watches::since.eq(Ts(watch.since)),
            staff_watches::until.eq(Ts(watch.until)),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The watches that still run, newest first.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_running(conn: &mut Conn, now: Instant) -> Result<Vec<Watch>, StoreError> {
    let rows: Vec<(Id, String, Ts, Ts)> = staff_watches::table
        .filter(staff_watches::until.gt(Ts(now)))
        .order((staff_watches::since.desc(), staff_watches::id.desc()))
        .select((staff_watches::staff_id, staff_watches::cause, staff_watches::since, staff_watches::until))
        .load(conn)?;
    rows.into_iter().map(watch).collect()
}

/// Everybody's name, and every watch there ever was, in one statement.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn names_and_watches(conn: &mut Conn) -> Result<NamesAndWatches, StoreError> {
    let rows: Vec<(Id, String, Option<Watched>)> = staff::table
        .left_join(staff_watches::table.on(staff_watches::staff_id.eq(staff::id)))
        .select((
            staff::id,
            staff::full_name,
            (staff_watches::cause, staff_watches::since, staff_watches::until).nullable(),
        ))
        .load(conn)?;
    let mut all = NamesAndWatches::default();
    for (id, name, watched) in rows {
        if let Some((cause, since, until)) = watched {
            all.watches.push(watch((id, cause, since, until))?);
        }
        all.names.insert(StaffId(id.0), name);
    }
    Ok(all)
}

fn watch((staff, cause, since, until): (Id, String, Ts, Ts)) -> Result<Watch, StoreError> {
    let corrupt = |e: crate::domain::words::UnknownWord| StoreError::corrupt("staff_watches", staff.0, e);
    Ok(Watch { staff: StaffId(staff.0), cause: cause.parse().map_err(corrupt)?, since: since.0, until: until.0 })
}

/// Everybody who is an admin, or was one within the last [`WATCH`]: three statements.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn admins(conn: &mut Conn, now: Instant) -> Result<Vec<AdminSeen>, StoreError> {
    let active: Vec<Id> = staff_roles::table
        .inner_join(staff::table.on(staff::id.eq(staff_roles::staff_id)))
        .filter(staff_roles::role.eq(Role::Admin.as_str()).and(staff::is_active.eq(true)))
        .select(staff::id)
        .load(conn)?;
    let lately: Vec<Id> =
        staff::table.filter(staff::admin_until.gt(Ts(now.plus(-WATCH)))).select(staff::id).load(conn)?;
    let watches = list_running(conn, now)?;
    let seen = |id: &Id, is_active: bool| {
        let held = watches.iter().filter(|w| w.staff.0 == id.0 && w.cause.holds_admin_back());
        AdminSeen { id: StaffId(id.0), is_active, watched_until: held.map(|w| w.until).max() }
    };
    let gone = lately.iter().filter(|id| !active.contains(id)).map(|id| seen(id, false));
    Ok(active.iter().map(|id| seen(id, true)).chain(gone).collect())
}
