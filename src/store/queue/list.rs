//! A page of the queue: filtered, sorted by keys that are never null, continued after the last line.

use diesel::dsl::{InnerJoin, IntoBoxed, exists};
use diesel::prelude::*;

use super::known_to;
use super::line::{CaseLine, LineRow};
use crate::domain::id::AgencyId;
use crate::domain::queue::{After, AfterKey, DueIn, Filter, Holder, Lane, Mark, NO_DATE, STOPPED, SortBy};
use crate::domain::requester::CustomerType;
use crate::domain::secrecy::SecrecySource;
use crate::domain::staff::Staff;
use crate::domain::stage::Compartment;
use crate::domain::time::Instant;
use crate::domain::wait::WaitKind;
use crate::store::conn::{Conn, MultiBackend};
use crate::store::error::StoreError;
use crate::store::schema::{agencies, cases, demands, secrecy_orders};
use crate::store::types::{Id, Ts};

/// A line with how many demands it has and whether a secrecy order binds today.
pub type CountedLine = (CaseLine, i64, bool);

type Listed<'a> = IntoBoxed<'a, InnerJoin<cases::table, agencies::table>, MultiBackend>;

/// Whether a binding secrecy order is in force on a day: `SecrecyOrder::binds_on`, as a condition. PostgreSQL would answer
/// an `EXISTS` here by reading all orders first; a single value is looked for case by case.
macro_rules! is_secret {
    ($day:expr) => {
        secrecy_orders::table
            .filter(secrecy_orders::case_id.eq(cases::id))
            .filter(
                secrecy_orders::source
                    .ne(SecrecySource::Request.as_str())
                    .and(secrecy_orders::starts_on.le($day))
                    .and(secrecy_orders::last_on.is_null().or(secrecy_orders::last_on.ge($day))),
            )
            .select(secrecy_orders::case_id)
            .single_value()
            .is_not_null()
    };
}

/// A page of the cases a person works on.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn list_cases(
    conn: &mut Conn,
    who: &Staff,
    filter: &Filter,
    now: Instant,
    (after, limit): (Option<&After>, i64),
) -> Result<Vec<CountedLine>, StoreError> {
    let query: Listed<'_> = known_to!(cases::table.inner_join(agencies::table).into_boxed(), who);
    let query = in_lane(query, who, filter.lane, now);
    let query = narrowed(query, who, filter, now);
    let query = match after {
        Some(after) => going_on(query, after, &agency_name(conn, &after.key)?, filter.is_descending()),
        None => query,
    };
    let asked = demands::table.filter(demands::case_id.eq(cases::id).and(demands::removed_at.is_null()));
    let rows: Vec<(LineRow, String, Option<i64>, bool)> = sorted(query, filter.order(), filter.is_descending())
        .limit(limit)
        .select((LineRow::as_select(), agencies::name, asked.count().single_value(), is_secret!(now.day())))
        .load(conn)?;
    let line = |(row, agency, asked, is_secret): (LineRow, String, Option<i64>, bool)| {
        Ok((row.line(agency)?, asked.unwrap_or(0), is_secret))
    };
    rows.into_iter().map(line).collect()
}

/// Agencies with cases in a lane that this person may know of, by name.
///
/// # Errors
/// When the database fails.
pub fn list_agencies(
    conn: &mut Conn,
    who: &Staff,
    lane: Lane,
    limit: i64,
) -> Result<Vec<(AgencyId, String, String)>, StoreError> {
    // One look at an index for each agency, however many cases there are.
    let of_agency = || known_to!(cases::table.filter(cases::agency_id.eq(agencies::id)), who);
    let all: IntoBoxed<'_, agencies::table, MultiBackend> = agencies::table.into_boxed();
    let all = if lane == Lane::Closed {
        all.filter(exists(of_agency().filter(cases::closed_at.is_not_null())))
    } else {
        all.filter(exists(of_agency().filter(cases::closed_at.is_null())))
    };
    let rows: Vec<(Id, String, String)> = all
        .select((agencies::id, agencies::name, agencies::country))
        .order((agencies::search_name.asc(), agencies::id.asc()))
        .limit(limit)
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, name, country)| (AgencyId(id.0), name, country)).collect())
}

fn in_lane<'a>(query: Listed<'a>, who: &Staff, lane: Lane, now: Instant) -> Listed<'a> {
    if lane == Lane::Closed {
        return query.filter(cases::closed_at.is_not_null());
    }
    let query = query.filter(cases::closed_at.is_null());
    match lane {
        Lane::Open | Lane::Closed => query,
        Lane::Mine => query.filter(cases::assignee_id.eq(Id(who.id.0))),
        Lane::Unassigned => query.filter(cases::assignee_id.is_null()),
        Lane::Emergency => query.filter(cases::is_emergency.eq(true)),
        Lane::Week => due_in(query, DueIn::Week, now),
        Lane::Waiting => query.filter(cases::wait_kind.eq(WaitKind::AwaitingRequester.as_str())),
    }
}

fn narrowed<'a>(mut query: Listed<'a>, who: &Staff, filter: &Filter, now: Instant) -> Listed<'a> {
    if let Some(paper) = filter.paper {
        let words: Vec<&str> = paper.instruments().iter().map(|i| i.as_str()).collect();
        query = query.filter(cases::instrument.eq_any(words));
    }
    if let Some(country) = &filter.country {
        query = query.filter(cases::country.eq(country.to_string()));
    }
    if let Some(stage) = filter.stage {
        query = query.filter(cases::stage.eq(stage.as_str()));
    }
    if let Some(agency) = filter.agency {
        query = query.filter(cases::agency_id.eq(Id(agency.0)));
    }
    if let Some(due) = filter.due {
        query = due_in(query, due, now);
    }
    if let Some(half) = filter.period {
        let begins = |day| Ts(Instant::midnight(day));
        let next = half.last_day().succ_opt().unwrap_or(half.last_day());
        let served = cases::received_at.ge(begins(half.first_day())).and(cases::received_at.lt(begins(next)));
        query = query.filter(served);
    }
    if !filter.outcomes.is_empty() {
        query = query.filter(cases::outcome.eq_any(filter.outcomes.iter().map(|o| o.as_str())));
    }
    if !filter.customers.is_empty() {
        query = query.filter(cases::customer.eq_any(filter.customers.iter().map(|c| c.as_str())));
    }
    query = match filter.holder {
        None => query,
        Some(Holder::Nobody) => query.filter(cases::assignee_id.is_null()),
        Some(Holder::Me) => query.filter(cases::assignee_id.eq(Id(who.id.0))),
        Some(Holder::Colleague(id)) => query.filter(cases::assignee_id.eq(Id(id.0))),
    };
    match filter.mark {
        Some(mark) => marked(query, mark, now),
        None => query,
    }
}

fn due_in(query: Listed<'_>, due: DueIn, now: Instant) -> Listed<'_> {
    match due.until(now) {
        Some(until) => query.filter(cases::late_at.le(Ts(until))),
        None => query.filter(cases::late_at.ge(Ts(NO_DATE))),
    }
}

fn marked(query: Listed<'_>, mark: Mark, now: Instant) -> Listed<'_> {
    match mark {
        Mark::Override => query.filter(cases::has_override.eq(true)),
        Mark::Waiting => query.filter(cases::wait_kind.is_not_null()),
        Mark::Enterprise => query.filter(cases::customer.eq(CustomerType::Enterprise.as_str())),
        Mark::Restricted => query.filter(cases::compartment.ne(Compartment::Ordinary.as_str())),
        Mark::Secret => query.filter(is_secret!(now.day())),
    }
}

/// The keys of each order; the case's id parts what is equal.
fn sorted(query: Listed<'_>, order: SortBy, is_descending: bool) -> Listed<'_> {
    macro_rules! by {
        ($key:expr) => {
            if is_descending {
                query.order(($key.desc(), cases::id.desc()))
            } else {
                query.order(($key.asc(), cases::id.asc()))
            }
        };
    }
    match order {
        // Turned round, the latest comes first; what is due at no time stays last: first stopped clocks, then none.
        SortBy::Due if is_descending => {
            let (no_date, stopped) = (cases::late_at.eq(Ts(NO_DATE)), cases::late_at.eq(Ts(STOPPED)));
            query.order((no_date.asc(), stopped.asc(), cases::late_at.desc(), cases::id.desc()))
        }
        SortBy::Due => by!(cases::late_at),
        SortBy::Received => by!(cases::received_at),
        SortBy::Reference => by!(cases::reference),
        SortBy::Agency => by!(agencies::search_name),
        SortBy::Instrument => by!(cases::instrument),
    }
}

/// What comes after a line: a higher key, or the same and a higher id; lower ones where the order is turned.
fn going_on<'a>(query: Listed<'a>, after: &After, agency: &str, is_descending: bool) -> Listed<'a> {
    let id = Id(after.case.0);
    macro_rules! beyond {
        ($key:expr, $last:expr) => {
            if is_descending {
                query.filter($key.lt($last).or($key.eq($last).and(cases::id.lt(id))))
            } else {
                query.filter($key.gt($last).or($key.eq($last).and(cases::id.gt(id))))
            }
        };
    }
    match &after.key {
        AfterKey::Due(at) if is_descending => {
            let same = cases::late_at.eq(Ts(*at)).and(cases::id.lt(id));
            if *at >= STOPPED {
                query.filter(same.or(cases::late_at.gt(Ts(*at))))
            } else {
                query.filter(same.or(cases::late_at.lt(Ts(*at))).or(cases::late_at.ge(Ts(STOPPED))))
            }
        }
        AfterKey::Due(at) => beyond!(cases::late_at, Ts(*at)),
        AfterKey::Received(at) => beyond!(cases::received_at, Ts(*at)),
        AfterKey::Reference(reference) => beyond!(cases::reference, reference.clone()),
        AfterKey::Instrument(instrument) => beyond!(cases::instrument, instrument.as_str()),
        AfterKey::Agency(_) => beyond!(agencies::search_name, agency.to_owned()),
    }
}

/// An order by agency goes on after the agency's name.
fn agency_name(conn: &mut Conn, key: &AfterKey) -> Result<String, StoreError> {
    let AfterKey::Agency(id) = key else { return Ok(String::new()) };
    let name: Option<String> = agencies::table.find(Id(id.0)).select(agencies::search_name).first(conn).optional()?;
    Ok(name.unwrap_or_default())
}
