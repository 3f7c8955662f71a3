//! Cases as reports count them, each service by the outcome of its own demands.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::conn::Conn;
use super::each_row;
use super::error::StoreError;
use super::schema::{cases, demands};
use super::types::{Id, Ts};
use crate::domain::data_class::DataClass;
use crate::domain::decision::{CollectionOutcome, DecisionKind};
use crate::domain::finding::FindingCode;
use crate::domain::id::{CaseId, StaffId, TeamId};
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
    /// The team that works on it.
    pub team: TeamId,
    /// Who may know of it.
    pub compartment: Compartment,
    /// The named people of a restricted case.
    pub named: BTreeSet<StaffId>,
    /// The day it was served, UTC.
    pub received_on: NaiveDate,
    /// The asking country.
    pub country: String,
    /// The kind of paper.
    pub instrument: Instrument,
    /// The kind of customer.
    pub customer: CustomerType,
    /// How many different accounts it asks about.
    pub identifiers: usize,
    /// How it ended; `None` while it is open.
    pub outcome: Option<Outcome>,
    /// Whether a decision on it goes beyond the rules' verdict.
    pub has_override: bool,
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
    pub identifiers: usize,
    /// How the demands on it came out; `None` while the case is open.
    pub outcome: Option<Outcome>,
}

/// What a case and one of its demands say; a case without demands is one row.
type Row = (CaseColumns, Option<DemandColumns>);

/// Id, team, compartment, named people, when served, country, instrument, customer, whether overridden, outcome, what
/// became of its redirect.
type CaseColumns = (Id, Id, String, String, Ts, String, String, String, bool, Option<String>, Option<String>);

/// Service, identifier, decision and its reason, result, class of data.
type DemandColumns = (String, String, Option<String>, Option<String>, Option<String>, String);

/// Gives every case to `each`, national-security ones included: one statement, read row by row, so that it takes the same
/// memory however many cases there are.
///
/// # Errors
/// When the database fails or a row makes no sense.
pub fn each_case(conn: &mut Conn, each: impl FnMut(CountedCase)) -> Result<(), StoreError> {
    let standing = demands::case_id.eq(cases::id).and(demands::removed_at.is_null());
    let query = cases::table.left_join(demands::table.on(standing)).order(cases::id).select((
        (
            cases::id,
            cases::team_id,
            cases::compartment,
            cases::named,
            cases::received_at,
            cases::country,
            cases::instrument,
            cases::customer,
            cases::has_override,
            cases::outcome,
            cases::redirect_result,
        ),
        (
            demands::service,
            demands::identifier_normalised,
            demands::decision,
            demands::decision_reason,
            demands::result,
            demands::data_class,
        )
            .nullable(),
    ));
    let mut gathered = Gathered { of: None, each };
    each_row!(conn, query, Row, |row: QueryResult<Row>| gathered.take(row?))?;
    gathered.give();
    Ok(())
}

/// The case whose rows are coming in.
struct Gathered<E> {
    of: Option<(CountedCase, BTreeMap<String, OfService>)>,
    each: E,
}

/// The demands of a case on one service.
#[derive(Default)]
struct OfService {
    identifiers: BTreeSet<String>,
    settled: Vec<Settled>,
}

impl<E: FnMut(CountedCase)> Gathered<E> {
    fn take(&mut self, (case, demand): Row) -> Result<(), StoreError> {
        if self.of.as_ref().is_none_or(|(of, _)| of.id.0 != case.0.0) {
            self.give();
            self.of = Some((counted(case)?, BTreeMap::new()));
        }
        if let (Some((case, services)), Some(demand)) = (&mut self.of, demand) {
            let settled = settled(case.id, &demand)?;
            let (service, identifier, ..) = demand;
            let service = services.entry(service).or_default();
            service.identifiers.insert(identifier);
            service.settled.push(settled);
        }
        Ok(())
    }

    /// Hands on the case that is whole.
    fn give(&mut self) {
        let Some((mut case, services)) = self.of.take() else { return };
        let named: BTreeSet<&String> = services.values().flat_map(|service| &service.identifiers).collect();
        case.identifiers = named.len();
        for (service, OfService { identifiers, settled }) in services.iter() {
            let outcome = case.outcome_of(settled);
            case.services.push(CountedService { service: service.clone(), identifiers: identifiers.len(), outcome });
        }
        (self.each)(case);
    }
}

fn counted(row: CaseColumns) -> Result<CountedCase, StoreError> {
    let (id, team, compartment, named, Ts(at), country, instrument, customer, has_override, outcome, redirect) = row;
    let bad = |e: UnknownWord| StoreError::corrupt("cases", id.0, e);
    Ok(CountedCase {
        id: CaseId(id.0),
        team: TeamId(team.0),
        compartment: compartment.parse().map_err(bad)?,
        named: serde_json::from_str(&named).map_err(|e| StoreError::corrupt("cases", id.0, e))?,
        received_on: at.day(),
        country,
        instrument: instrument.parse().map_err(bad)?,
        customer: customer.parse().map_err(bad)?,
        identifiers: 0,
        has_override,
        outcome: outcome.as_deref().map(str::parse).transpose().map_err(bad)?,
        disclosed_by: redirect.as_deref().map(str::parse).transpose().map_err(bad)?,
        services: Vec::new(),
    })
}

fn settled(case: CaseId, (_, _, decision, reason, result, class): &DemandColumns) -> Result<Settled, StoreError> {
    let bad = |e: UnknownWord| StoreError::corrupt("demands", case.0, e);
    let decision = decision.as_deref().map(str::parse::<DecisionKind>).transpose().map_err(bad)?;
    let reason = reason.as_deref().map(str::parse::<FindingCode>).transpose().map_err(bad)?;
    let result = result.as_deref().map(str::parse::<CollectionOutcome>).transpose().map_err(bad)?;
    Ok(Settled {
        decision,
        lacks_data: reason.is_some_and(FindingCode::lacks_data),
        is_collected: result == Some(CollectionOutcome::Collected),
        is_content: class.parse::<DataClass>().map_err(bad)?.is_content(),
    })
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
