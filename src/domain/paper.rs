//! What a person read off the served paper: the particulars the legal-basis check rests on.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::agency::Country;
use super::id::{AgencyId, OfficerId};
use super::instrument::Instrument;
use super::requester::{Channel, CustomerType, IssuingAuthority, Matter, RequesterLevel, RequesterType};
use super::stated::Stated;
use super::text::Line;
use super::time::Instant;

/// The particulars of a served paper. `None` on a yes/no means that nobody has looked yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    /// The kind of legal process.
    pub instrument: Instrument,
    /// Whose power it rests on.
    pub issuing_authority: IssuingAuthority,
    /// Court or office as the paper names it.
    pub issuer: Option<Line>,
    /// Who asks.
    pub requester: Requester,
    /// Docket, case or file number.
    pub docket: Stated<Line>,
    /// Statute or rule the paper cites; printed, never parsed.
    pub legal_basis: Stated<Line>,
    /// The matter it was issued in.
    pub matter: Matter,
    /// The way it reached us.
    pub channel: Channel,
    /// When it was served on us.
    pub received_at: Instant,
    /// The day it was issued.
    pub issued_on: Option<NaiveDate>,
    /// The day an answer is due.
    pub return_by: Stated<NaiveDate>,
    /// The last day to execute it.
    pub execute_by: Stated<NaiveDate>,
    /// First day of data the paper allows.
    pub authorised_from: Stated<NaiveDate>,
    /// Last day of data the paper allows.
    pub authorised_to: Stated<NaiveDate>,
    /// What kind of customer the accounts belong to.
    pub customer: CustomerType,
    /// Whether it is signed.
    pub is_signed: Option<bool>,
    /// Whether it names the entity that was served.
    pub names_served_entity: Option<bool>,
    /// Whether attachments it speaks of are missing.
    pub lacks_attachments: Option<bool>,
    /// Whether a person found the items described with particularity.
    pub is_particular: Option<bool>,
    /// Whether a person found that the statute cited gives this power for this purpose.
    pub statute_covers: Option<bool>,
    /// Facts of less common instruments, by their path in `config/law/facts.toml`.
    pub more: BTreeMap<String, Value>,
}

/// Who asks, as far as the law minds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requester {
    /// The agency in the directory.
    pub agency: AgencyId,
    /// The officer who signed or served, where known.
    pub officer: Option<OfficerId>,
    /// The agency's country.
    pub country: Country,
    /// The agency's level of government.
    pub level: RequesterLevel,
    /// The kind of requester.
    pub kind: RequesterType,
    /// The US state of a state or local agency.
    pub state: Option<Line>,
}

impl Paper {
    /// Whether this is an emergency, which needs a second-level check of the requester.
    pub fn is_emergency(&self) -> bool {
        use Instrument::*;
        matches!(self.instrument, EmergencyRequest | EmergencyPenTrapRequest | EmergencyWiretapRequest)
    }

    /// Whether it is to be seen as an emergency: it is one, or an order says that its matter is (Reg. 2023/1543
    /// Art. 3(18)). An order's gates stay those of an order.
    pub fn claims_emergency(&self) -> bool {
        self.is_emergency() || self.more.get("emergency.claimed") == Some(&Value::Bool(true))
    }
}
