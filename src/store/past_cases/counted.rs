//! Past cases as reports count them.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::domain::instrument::Instrument;
use crate::domain::outcome::Outcome;
use crate::domain::past_case::ServiceWord;
use crate::domain::redirect::RedirectResult;
use crate::domain::requester::CustomerType;
use crate::domain::words::UnknownWord;
use crate::store::conn::Conn;
use crate::store::each_row;
use crate::store::error::StoreError;
use crate::store::schema::past_cases;
use crate::store::types::Id;

/// What the transparency report counts of one past case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedPast {
    /// The day it was received, or the first of its half-year.
    pub received_on: NaiveDate,
    /// The asking country.
    pub country: String,
    /// The kind of paper, where known.
    pub instrument: Option<Instrument>,
    /// The kind of customer.
    pub customer: CustomerType,
    /// How many accounts it asked about.
    pub identifiers: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// On what ground an organisation's data was given.
    pub disclosed_by: Option<RedirectResult>,
    /// The services it named, each once.
    pub services: Vec<ServiceWord>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = past_cases)]
struct CountedRow {
    id: Id,
    received_on: NaiveDate,
    country: String,
    instrument: Option<String>,
    customer: String,
    identifier_count: i32,
    outcome: String,
    disclosed_by: Option<String>,
    services: String,
}

/// Gives every past case to `each`, read row by row.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn each_past(conn: &mut Conn, mut each: impl FnMut(CountedPast)) -> Result<(), StoreError> {
    let take = |row: QueryResult<CountedRow>| row?.counted().map(&mut each);
    each_row!(conn, past_cases::table.select(CountedRow::as_select()), CountedRow, take)
}

impl CountedRow {
    fn counted(self) -> Result<CountedPast, StoreError> {
        let id = self.id.0;
        let word = |e: UnknownWord| StoreError::corrupt("past_cases", id, e);
        Ok(CountedPast {
            received_on: self.received_on,
            country: self.country,
            instrument: self.instrument.as_deref().map(str::parse).transpose().map_err(word)?,
            customer: self.customer.parse().map_err(word)?,
            identifiers: u32::try_from(self.identifier_count).map_err(|e| StoreError::corrupt("past_cases", id, e))?,
            outcome: self.outcome.parse().map_err(word)?,
            disclosed_by: self.disclosed_by.as_deref().map(str::parse).transpose().map_err(word)?,
            services: serde_json::from_str(&self.services).map_err(|e| StoreError::corrupt("past_cases", id, e))?,
        })
    }
}
