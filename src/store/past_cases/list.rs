//! Lists of past cases, newest received first.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::row::PastCaseRow;
use crate::domain::agency::Country;
use crate::domain::half_year::HalfYear;
use crate::domain::id::PastCaseId;
use crate::domain::past_case::{DisclosedBy, PastAfter, PastCase, PastFilter};
use crate::store::conn::{Conn, MultiBackend};
use crate::store::error::StoreError;
use crate::store::schema::past_cases;
use crate::store::types::Id;

type Query<'q> = past_cases::BoxedQuery<'q, MultiBackend>;

/// A page of past cases.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_past(
    conn: &mut Conn,
    filter: &PastFilter,
    after: Option<PastAfter>,
    limit: i64,
) -> Result<Vec<PastCase>, StoreError> {
    let mut query = filtered(filter);
    if let Some(PastAfter { received_on, id }) = after {
        let same_day = past_cases::received_on.eq(received_on).and(past_cases::id.lt(Id(id.0)));
        query = query.filter(past_cases::received_on.lt(received_on).or(same_day));
    }
    let rows: Vec<PastCaseRow> = query
        .order((past_cases::received_on.desc(), past_cases::id.desc()))
        .limit(limit)
        .select(PastCaseRow::as_select())
        .load(conn)?;
    rows.into_iter().map(PastCaseRow::past_case).collect()
}

/// How many past cases a filter lets through.
///
/// # Errors
/// When the database fails.
pub fn count_past(conn: &mut Conn, filter: &PastFilter) -> Result<i64, StoreError> {
    Ok(filtered(filter).count().get_result(conn)?)
}

/// Whether there is such a past case.
///
/// # Errors
/// When the database fails.
pub fn is_past(conn: &mut Conn, id: PastCaseId) -> Result<bool, StoreError> {
    let count: i64 = past_cases::table.filter(past_cases::id.eq(Id(id.0))).count().get_result(conn)?;
    Ok(count > 0)
}

/// The half-years that past cases were received in, newest first.
///
/// # Errors
/// When the database fails.
pub fn list_periods(conn: &mut Conn) -> Result<Vec<HalfYear>, StoreError> {
    let days: Vec<NaiveDate> = past_cases::table.select(past_cases::received_on).distinct().load(conn)?;
    let periods: BTreeSet<HalfYear> = days.into_iter().map(HalfYear::of).collect();
    Ok(periods.into_iter().rev().collect())
}

/// The countries that past cases came from.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_countries(conn: &mut Conn) -> Result<Vec<Country>, StoreError> {
    let codes: Vec<String> = past_cases::table.select(past_cases::country).distinct().load(conn)?;
    let read = |code: String| {
        Country::parse("country", &code).map_err(|e| StoreError::corrupt("past_cases", "country", e.reason))
    };
    codes.into_iter().map(read).collect()
}

fn filtered(filter: &PastFilter) -> Query<'static> {
    let mut query = past_cases::table.into_boxed::<MultiBackend>();
    if let Some(period) = filter.period {
        query = query.filter(past_cases::received_on.between(period.first_day(), period.last_day()));
    }
    if let Some(country) = &filter.country {
        query = query.filter(past_cases::country.eq(country.to_string()));
    }
    if !filter.outcomes.is_empty() {
        query = query.filter(past_cases::outcome.eq_any(filter.outcomes.iter().map(|o| o.as_str())));
    }
    if !filter.customers.is_empty() {
        query = query.filter(past_cases::customer.eq_any(filter.customers.iter().map(|c| c.as_str())));
    }
    if let Some(service) = &filter.service {
        // The list is kept as JSON, and a service's word holds no quote and no mark but the underscore.
        let word = service.as_str().replace('_', "\\_");
        query = query.filter(past_cases::services.like(format!("%\"{word}\"%")).escape('\\'));
    }
    match filter.disclosed_by {
        Some(DisclosedBy::Ground(ground)) => query.filter(past_cases::disclosed_by.eq(ground.as_str())),
        Some(DisclosedBy::Otherwise) => query.filter(past_cases::disclosed_by.is_null()),
        None => query,
    }
}
