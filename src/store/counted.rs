//! Cases as reports count them, each service by the outcome of its own demands.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::dsl::count;
use diesel::prelude::*;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::{cases, demands};
use super::types::{Id, Ts};
use crate::domain::data_class::DataClass;
use crate::domain::decision::{CollectionOutcome, DecisionKind};
use crate::domain::finding::FindingCode;
use crate::domain::id::CaseId;
use crate::domain::instrument::Instrument;
use crate::domain::outcome::{Outcome, Settled};
use crate::domain::redirect::RedirectResult;
use crate::domain::requester::CustomerType;
use crate::domain::stage::Compartment;
use crate::domain::words::UnknownWord;

/// What the transparency report counts of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedCase {
    /// The case.
    pub id: CaseId,
    /// The day it was served, UTC.
    pub received_on: NaiveDate,
    /// The asking country.
    pub country: String,
    /// The kind of paper.
    pub instrument: Instrument,
    /// The kind of customer.
    pub customer: CustomerType,
    /// How many different accounts it asks about.
    pub identifiers: i64,
    /// How it ended; `None` while it is open.
    pub outcome: Option<Outcome>,
    /// What last became of a redirect on it, if one was answered.
    pub disclosed_by: Option<RedirectResult>,
    /// The services its demands name, each once.
    pub services: Vec<CountedService>,
}

/// One service that a case names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedService {
    /// The service.
    pub service: String,
    /// How many different accounts the demands on it ask about.
    pub identifiers: i64,
    /// How the demands on it came out; `None` while the case is open.
    pub outcome: Option<Outcome>,
}

/// Id, service, country, instrument, customer, outcome, what became of its redirect.
type CountedRow = (Id, Ts, String, String, String, Option<String>, Option<String>);

/// Case and service, decision and its reason, result, class of data. Equal demands are one row.
type SettledRow = (Id, String, Option<String>, Option<String>, Option<String>, String);

/// The demands of a case by service, as far as an outcome follows from them.
type Settlements = BTreeMap<String, Vec<Settled>>;

/// Every case that published figures may count: four statements. National-security cases are counted apart and never
/// come here.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn counted_cases(conn: &mut Conn) -> Result<Vec<CountedCase>, StoreError> {
    let accounts: Vec<(Id, i64)> = demands::table
        .filter(demands::removed_at.is_null())
        .group_by(demands::case_id)
        .select((demands::case_id, count(demands::identifier_normalised).aggregate_distinct()))
        .load(conn)?;
    let accounts: BTreeMap<Id, i64> = accounts.into_iter().collect();
    let by_service: Vec<(Id, String, i64)> = demands::table
        .filter(demands::removed_at.is_null())
        .group_by((demands::case_id, demands::service))
        .select((demands::case_id, demands::service, count(demands::identifier_normalised).aggregate_distinct()))
        .load(conn)?;
    let by_service: BTreeMap<(Id, String), i64> =
        by_service.into_iter().map(|(case, service, count)| ((case, service), count)).collect();
    let mut settled = settlements(conn)?;
    let rows: Vec<CountedRow> = cases::table
        .filter(cases::compartment.ne(Compartment::NationalSecurity.as_str()))
        .order((cases::received_at.asc(), cases::id.asc()))
        .select((
            cases::id,
            cases::received_at,
            cases::country,
            cases::instrument,
            cases::customer,
            cases::outcome,
            cases::redirect_result,
        ))
        .load(conn)?;
    let read = |(id, Ts(at), country, instrument, customer, outcome, redirect): CountedRow| {
        let bad = |e: UnknownWord| StoreError::corrupt("cases", id.0, e);
        let mut case = CountedCase {
            id: CaseId(id.0),
            received_on: at.day(),
            country,
            instrument: instrument.parse().map_err(bad)?,
            customer: customer.parse().map_err(bad)?,
            identifiers: accounts.get(&id).copied().unwrap_or(0),
            outcome: outcome.as_deref().map(str::parse).transpose().map_err(bad)?,
            disclosed_by: redirect.as_deref().map(str::parse).transpose().map_err(bad)?,
            services: Vec::new(),
        };
        for (service, demands) in settled.remove(&id).unwrap_or_default() {
            let outcome = case.outcome_of(&demands);
            let accounts = by_service.get(&(id, service.clone())).copied();
            case.services.push(CountedService { service, identifiers: accounts.unwrap_or(0), outcome });
        }
        Ok(case)
    };
    rows.into_iter().map(read).collect()
}

impl CountedCase {
    /// The outcome of some of its demands, by the rule that gave the case its own. A withdrawn case is withdrawn as a
    /// whole, and an open one has none.
    fn outcome_of(&self, demands: &[Settled]) -> Option<Outcome> {
        let went_to_customer = self.disclosed_by.is_none_or(RedirectResult::is_redirected);
        match self.outcome? {
            Outcome::Withdrawn => Some(Outcome::Withdrawn),
            _ => Some(Outcome::of(demands, self.instrument.preserves_only(), went_to_customer)),
        }
    }
}

fn settlements(conn: &mut Conn) -> Result<BTreeMap<Id, Settlements>, StoreError> {
    let rows: Vec<SettledRow> = demands::table
        .filter(demands::removed_at.is_null())
        .select((
            demands::case_id,
            demands::service,
            demands::decision,
            demands::decision_reason,
            demands::result,
            demands::data_class,
        ))
        .distinct()
        .load(conn)?;
    let mut settled: BTreeMap<Id, Settlements> = BTreeMap::new();
    for (case, service, decision, reason, result, class) in rows {
        let bad = |e: UnknownWord| StoreError::corrupt("demands", case.0, e);
        let (decision, reason) = (decision.as_deref().map(str::parse::<DecisionKind>), reason.as_deref());
        let reason = reason.map(str::parse::<FindingCode>).transpose().map_err(bad)?;
        let result = result.as_deref().map(str::parse::<CollectionOutcome>).transpose().map_err(bad)?;
        let demand = Settled {
            decision: decision.transpose().map_err(bad)?,
            lacks_data: reason.is_some_and(FindingCode::lacks_data),
            is_collected: result == Some(CollectionOutcome::Collected),
            is_content: class.parse::<DataClass>().map_err(bad)?.is_content(),
        };
        settled.entry(case).or_default().entry(service).or_default().push(demand);
    }
    Ok(settled)
}
