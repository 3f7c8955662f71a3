//! The agency directory.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::replay::cells_of;
use super::schema::{agencies, officers};
use super::transaction::{About, Stored, Tx};
use super::types::Id;
use crate::domain::agency::{Agency, Country, Officer};
use crate::domain::event::Event;
use crate::domain::id::{AgencyId, OfficerId};
use crate::domain::text::{Line, search_key};

/// One row of `agencies`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = agencies, treat_none_as_default_value = false)]
pub struct AgencyRow {
    id: Id,
    name: String,
    search_name: String,
    country: String,
    level: String,
    kind: String,
    state: Option<String>,
    version: i32,
}

/// One row of `officers`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = officers, treat_none_as_default_value = false)]
pub struct OfficerRow {
    id: Id,
    agency_id: Id,
    name: String,
    title: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    version: i32,
}

impl AgencyRow {
    /// The row of an agency, which never changes.
    pub(super) fn of(agency: &Agency) -> AgencyRow {
        AgencyRow {
            id: Id(agency.id.0),
            name: agency.name.to_string(),
            search_name: search_key(agency.name.as_str()),
            country: agency.country.to_string(),
            level: agency.level.as_str().to_owned(),
            kind: agency.kind.as_str().to_owned(),
            state: agency.state.as_ref().map(ToString::to_string),
            version: 1,
        }
    }

    /// The agency of this row.
    pub(super) fn agency(&self) -> Result<Agency, StoreError> {
        let corrupt = |why: String| StoreError::corrupt("agencies", self.id.0, why);
        let line = |text: &str| Line::parse("name", text).map_err(|e| corrupt(e.reason));
        Ok(Agency {
            id: AgencyId(self.id.0),
            name: line(&self.name)?,
            country: Country::parse("country", &self.country).map_err(|e| corrupt(e.reason))?,
            level: self.level.parse().map_err(|e: crate::domain::words::UnknownWord| corrupt(e.to_string()))?,
            kind: self.kind.parse().map_err(|e: crate::domain::words::UnknownWord| corrupt(e.to_string()))?,
            state: self.state.as_deref().map(line).transpose()?,
        })
    }
}

impl OfficerRow {
    /// The row of an officer, which never changes.
    pub(super) fn of(officer: &Officer) -> OfficerRow {
        let text = |line: &Option<Line>| line.as_ref().map(ToString::to_string);
        OfficerRow {
            id: Id(officer.id.0),
            agency_id: Id(officer.agency.0),
            name: officer.name.to_string(),
            title: text(&officer.title),
            email: text(&officer.email),
            phone: text(&officer.phone),
            version: 1,
        }
    }

    /// The officer of this row.
    pub(super) fn officer(&self) -> Result<Officer, StoreError> {
        let line =
            |text: &str| Line::parse("name", text).map_err(|e| StoreError::corrupt("officers", self.id.0, e.reason));
        let optional = |text: &Option<String>| text.as_deref().map(line).transpose();
        Ok(Officer {
            id: OfficerId(self.id.0),
            agency: AgencyId(self.agency_id.0),
            name: line(&self.name)?,
            title: optional(&self.title)?,
            email: optional(&self.email)?,
            phone: optional(&self.phone)?,
        })
    }
}

impl Stored for Agency {
    fn about(&self) -> About {
        About::Register
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, _seq: i64) -> Result<(), StoreError> {
        diesel::insert_into(agencies::table).values(AgencyRow::of(self)).execute(tx.conn)?;
        Ok(())
    }
}

impl Stored for Officer {
    fn about(&self) -> About {
        About::Register
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, _seq: i64) -> Result<(), StoreError> {
        diesel::insert_into(officers::table).values(OfficerRow::of(self)).execute(tx.conn)?;
        Ok(())
    }
}

/// Agencies by name, at most `limit`.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_agencies(conn: &mut Conn, limit: i64) -> Result<Vec<Agency>, StoreError> {
    let rows: Vec<AgencyRow> = agencies::table
        .order((agencies::search_name.asc(), agencies::id.asc()))
        .limit(limit)
        .select(AgencyRow::as_select())
        .load(conn)?;
    rows.iter().map(AgencyRow::agency).collect()
}

/// An agency by id.
///
/// # Errors
/// When the database fails or the row makes no sense.
pub fn find_agency(conn: &mut Conn, id: AgencyId) -> Result<Option<Agency>, StoreError> {
    let row: Option<AgencyRow> =
        agencies::table.find(Id(id.0)).select(AgencyRow::as_select()).first(conn).optional()?;
    row.map(|r| r.agency()).transpose()
}

/// An officer by id.
///
/// # Errors
/// When the database fails or the row makes no sense.
pub fn find_officer(conn: &mut Conn, id: OfficerId) -> Result<Option<Officer>, StoreError> {
    let row: Option<OfficerRow> =
        officers::table.find(Id(id.0)).select(OfficerRow::as_select()).first(conn).optional()?;
    row.map(|r| r.officer()).transpose()
}

cells_of!(AgencyRow { id, name, search_name, country, level, kind, state, version });
cells_of!(OfficerRow { id, agency_id, name, title, email, phone, version });
