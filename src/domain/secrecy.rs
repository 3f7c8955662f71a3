//! Secrecy orders: what binds us not to tell the customer, and what only asks.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::id::{SecrecyOrderId, StaffId};
use super::stated::Stated;
use super::text::{Line, Prose};
use super::time::Instant;
use super::words::closed_words;

closed_words! {
    /// Where a demand for secrecy comes from.
    pub enum SecrecySource {
        /// A court's order, for example under 18 U.S.C. § 2705(b).
        CourtOrder = "court_order", "court order";
        /// A statute forbids telling for this instrument.
        Statute = "statute", "statute";
        /// The certification of 18 U.S.C. § 2709(c).
        NslCertification = "nsl_certification", "certification of a national security letter";
        /// Only a plea in a letter: it does not bind.
        Request = "request", "bare request";
    }
}

/// A non-disclosure order or plea as recorded on a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecrecyOrder {
    /// Identity.
    pub id: SecrecyOrderId,
    /// Where it comes from; decides whether it binds.
    pub source: SecrecySource,
    /// Court or office that gave it.
    pub issuer: Option<Line>,
    /// Its docket number.
    pub docket: Option<Line>,
    /// Grounds it gives, or its words.
    pub grounds: Option<Prose>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day; `None` (stated) means indefinite.
    pub ends_on: Stated<NaiveDate>,
    /// Who recorded it.
    pub by: StaffId,
    /// When it was recorded.
    pub at: Instant,
}

impl SecrecyOrder {
    /// Whether it binds us. A bare request never does.
    pub fn is_binding(&self) -> bool {
        self.source != SecrecySource::Request
    }

    /// Whether it binds us on a day.
    pub fn binds_on(&self, day: NaiveDate) -> bool {
        self.is_binding() && self.starts_on <= day && self.ends_on.value().is_none_or(|end| day <= *end)
    }
}
