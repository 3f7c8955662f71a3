//! One row of `past_cases`.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::domain::agency::Country;
use crate::domain::event::Event;
use crate::domain::id::PastCaseId;
use crate::domain::past_case::{Particulars, PastCase, ServiceWord, Source};
use crate::domain::text::Line;
use crate::domain::time::Instant;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::replay::cells_of;
use crate::store::schema::past_cases;
use crate::store::transaction::{About, Stored, Tx};
use crate::store::types::{Id, Ts};

/// One row of `past_cases`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = past_cases, treat_none_as_default_value = false)]
pub(in crate::store) struct PastCaseRow {
    id: Id,
    source: String,
    source_reference: String,
    received_on: NaiveDate,
    is_day_known: bool,
    country: String,
    instrument: Option<String>,
    agency_name: Option<String>,
    docket: Option<String>,
    customer: String,
    identifier_count: i32,
    outcome: String,
    disclosed_by: Option<String>,
    services: String,
    imported_at: Ts,
    seq: i64,
}

impl PastCaseRow {
    /// The row of a past case that was imported at a moment, by an entry with the number `seq`.
    pub(in crate::store) fn of(past: &PastCase, at: Instant, seq: i64) -> Result<PastCaseRow, StoreError> {
        let bad = |why: String| StoreError::corrupt("past_cases", past.id, why);
        let is = &past.is;
        Ok(PastCaseRow {
            id: Id(past.id.0),
            source: is.source.to_string(),
            source_reference: is.source_reference.to_string(),
            received_on: is.received_on,
            is_day_known: is.is_day_known,
            country: is.country.to_string(),
            instrument: is.instrument.map(|i| i.to_string()),
            agency_name: is.agency_name.as_ref().map(ToString::to_string),
            docket: is.docket.as_ref().map(ToString::to_string),
            customer: is.customer.to_string(),
            identifier_count: i32::try_from(is.identifier_count).map_err(|e| bad(e.to_string()))?,
            outcome: is.outcome.to_string(),
            disclosed_by: is.disclosed_by.map(|d| d.to_string()),
            services: serde_json::to_string(&is.services).map_err(|e| bad(e.to_string()))?,
            imported_at: Ts(at),
            seq,
        })
    }

    /// The past case of this row.
    pub fn past_case(self) -> Result<PastCase, StoreError> {
        let id = self.id.0;
        let bad = |why: String| StoreError::corrupt("past_cases", id, why);
        let word = |e: crate::domain::words::UnknownWord| bad(e.to_string());
        let line = |text: &str| Line::parse("text", text).map_err(|e| bad(e.reason));
        let services: Vec<ServiceWord> = serde_json::from_str(&self.services).map_err(|e| bad(e.to_string()))?;
        Ok(PastCase {
            id: PastCaseId(id),
            is: Particulars {
                source: Source::parse(&self.source).map_err(|e| bad(e.reason))?,
                source_reference: line(&self.source_reference)?,
                received_on: self.received_on,
                is_day_known: self.is_day_known,
                country: Country::parse("country", &self.country).map_err(|e| bad(e.reason))?,
                instrument: self.instrument.as_deref().map(str::parse).transpose().map_err(word)?,
                agency_name: self.agency_name.as_deref().map(line).transpose()?,
                docket: self.docket.as_deref().map(line).transpose()?,
                customer: self.customer.parse().map_err(word)?,
                identifier_count: u32::try_from(self.identifier_count).map_err(|e| bad(e.to_string()))?,
                outcome: self.outcome.parse().map_err(word)?,
                disclosed_by: self.disclosed_by.as_deref().map(str::parse).transpose().map_err(word)?,
                services,
            },
        })
    }
}

impl Stored for PastCase {
    fn about(&self) -> About {
        About::PastCase(self.id)
    }

    fn keep(&self, tx: &mut Tx<'_>, _event: &Event, seq: i64) -> Result<(), StoreError> {
        let row = PastCaseRow::of(self, tx.now(), seq)?;
        diesel::insert_into(past_cases::table).values(row).execute(tx.conn)?;
        Ok(())
    }
}

/// Past cases of a source that are entered already, by how the source calls them.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn find_entered(conn: &mut Conn, source: &Source, references: &[&Line]) -> Result<Vec<PastCase>, StoreError> {
    let references: Vec<&str> = references.iter().map(|reference| reference.as_str()).collect();
    let rows: Vec<PastCaseRow> = past_cases::table
        .filter(past_cases::source.eq(source.as_str()).and(past_cases::source_reference.eq_any(references)))
        .select(PastCaseRow::as_select())
        .load(conn)?;
    rows.into_iter().map(PastCaseRow::past_case).collect()
}

cells_of!(PastCaseRow {
    id,
    source,
    source_reference,
    received_on,
    is_day_known,
    country,
    instrument,
    agency_name,
    docket,
    customer,
    identifier_count,
    outcome,
    disclosed_by,
    services,
    imported_at,
    seq,
});
