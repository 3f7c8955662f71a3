//! Days and months as people count them.

use chrono::{Days, Months, NaiveDate};

/// `days` calendar days later; earlier if negative. `None` past the end of the calendar.
pub fn plus_days(day: NaiveDate, days: i64) -> Option<NaiveDate> {
    let count = Days::new(days.unsigned_abs());
    if days < 0 { day.checked_sub_days(count) } else { day.checked_add_days(count) }
}

/// The same day of the month, `months` later (the last day of a shorter month).
pub fn plus_months(day: NaiveDate, months: u32) -> Option<NaiveDate> {
    day.checked_add_months(Months::new(months))
}
