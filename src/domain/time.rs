//! Moments and days. A moment is UTC and cut to whole microseconds where it enters, because that is what
//! both databases keep: a value read back equals the value written.

use chrono::{DateTime, NaiveDate, NaiveTime, SubsecRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A moment in UTC, exact to the microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// Cuts a moment to whole microseconds.
    pub fn new(at: DateTime<Utc>) -> Self {
        Instant(at.trunc_subsecs(6))
    }

    /// The first moment of a day in UTC.
    pub const fn midnight(day: NaiveDate) -> Self {
        Instant(day.and_time(NaiveTime::MIN).and_utc())
    }

    /// The moment `micros` microseconds after 1970-01-01T00:00:00Z, if the calendar reaches it.
    pub fn from_micros(micros: i64) -> Option<Self> {
        DateTime::from_timestamp_micros(micros).map(Instant)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn as_micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// The moment as chrono's type.
    pub fn as_datetime(self) -> DateTime<Utc> {
        self.0
    }

    /// The day in UTC.
    pub fn day(self) -> NaiveDate {
        self.0.date_naive()
    }

    /// This moment moved by a span, forward or back; stays put where the calendar ends.
    pub fn plus(self, span: TimeDelta) -> Self {
        self.0.checked_add_signed(span).map_or(self, Instant)
    }

    /// The span since an earlier moment; negative when `earlier` is later.
    pub fn since(self, earlier: Instant) -> TimeDelta {
        self.0 - earlier.0
    }

    /// As people read it: `2026-11-23 10:26 UTC`.
    pub fn for_people(self) -> String {
        self.0.format("%Y-%m-%d %H:%M UTC").to_string()
    }

    /// As machines read it: RFC 3339 with six digits and `Z`.
    pub fn for_machines(self) -> String {
        self.0.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.for_people())
    }
}
