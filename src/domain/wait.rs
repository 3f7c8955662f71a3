//! Waits: a case that can't go on until somebody outside has done something.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::id::StaffId;
use super::text::Prose;
use super::time::Instant;
use super::words::closed_words;

closed_words! {
    /// What a case waits for.
    pub enum WaitKind {
        /// The agency mends or explains its paper.
        AwaitingRequester = "awaiting_requester", "waiting on the agency";
        /// The customer was told and may go to court.
        ObjectionWindow = "objection_window", "objection window of the customer";
        /// The enforcing authority of an EU order decides.
        EnforcingAuthority = "enforcing_authority", "waiting on the enforcing authority";
        /// The demand is challenged in court.
        Challenged = "challenged", "challenged in court";
    }
}

impl WaitKind {
    /// Whether our time to answer stands still meanwhile. While a customer may object it runs: the date on the
    /// paper binds us, not the customer.
    pub fn stops_clock(self) -> bool {
        !matches!(self, WaitKind::ObjectionWindow)
    }

    /// Whether nothing may leave meanwhile.
    pub fn holds_release(self) -> bool {
        !matches!(self, WaitKind::AwaitingRequester)
    }
}

/// A wait as it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// What for.
    pub kind: WaitKind,
    /// What was asked of whom.
    pub because: Prose,
    /// The day by which it should be over; whoever works on the case looks again then.
    pub expected_on: Option<NaiveDate>,
    /// Who began it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

impl Wait {
    /// Whole days since it began, from 0: by so many the due date moves if it ends now.
    pub fn days_until(&self, now: Instant) -> u32 {
        u32::try_from((now.day() - self.at.day()).num_days()).unwrap_or(0)
    }

    /// Which day of a wait that began at a moment this is, as people count: the first is day 1.
    pub fn day_of(since: Instant, now: Instant) -> i64 {
        (now.day() - since.day()).num_days().max(0).saturating_add(1)
    }
}

/// How a wait ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitEnded {
    /// What came of it.
    pub account: Prose,
    /// Who ended it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}
