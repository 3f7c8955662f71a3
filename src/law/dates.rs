use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, TimeDelta, Weekday};

pub use crate::domain::days::{plus_days, plus_months};

/// The day a fact names: a plain day, or the day of an instant as its own offset writes it.
pub fn day_of(text: &str) -> Option<NaiveDate> {
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(day);
    }
    DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.date_naive())
}

/// Whether a text is a full instant (RFC 3339).
pub fn is_instant(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok()
}

/// The moment `hours` after an instant (RFC 3339), as its own offset writes it. Hours are hours: a clock that is put
/// forward or back in between changes nothing.
pub fn plus_hours(instant: &str, hours: u32) -> Option<String> {
    let from = DateTime::parse_from_rfc3339(instant).ok()?;
    let reached = from.checked_add_signed(TimeDelta::hours(i64::from(hours)))?;
    Some(reached.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// `days` business days later: Saturdays and Sundays do not count.
pub fn plus_business_days(day: NaiveDate, days: u32) -> Option<NaiveDate> {
    let mut reached = day;
    let mut left = days;
    while left > 0 {
        reached = reached.succ_opt()?;
        if !matches!(reached.weekday(), Weekday::Sat | Weekday::Sun) {
            left -= 1;
        }
    }
    Some(reached)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        day_of(text).unwrap()
    }

    #[test]
    fn ninety_days_after_receipt_are_calendar_days() {
        assert_eq!(plus_days(day("2026-09-14T23:30:00-07:00"), 90), Some(day("2026-12-13")));
        assert_eq!(plus_days(day("2026-06-20"), 180), Some(day("2026-12-17")));
    }

    #[test]
    fn eight_hours_run_over_midnight() {
        assert_eq!(plus_hours("2026-09-14T10:00:00Z", 8).as_deref(), Some("2026-09-14T18:00:00Z"));
        assert_eq!(plus_hours("2026-09-14T20:30:00+02:00", 8).as_deref(), Some("2026-09-15T04:30:00+02:00"));
    }

    #[test]
    fn business_days_skip_the_weekend() {
        assert_eq!(plus_business_days(day("2026-09-14"), 5), Some(day("2026-09-21")));
        assert_eq!(plus_business_days(day("2026-09-18"), 1), Some(day("2026-09-21")));
    }

    #[test]
    fn a_year_from_a_leap_day_ends_in_february() {
        assert_eq!(plus_months(day("2028-02-29"), 12), Some(day("2029-02-28")));
    }
}
