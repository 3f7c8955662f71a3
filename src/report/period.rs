//! The half-years that reports are made for.

use chrono::{Datelike, NaiveDate};

/// A half of a calendar year: January to June or July to December. Earlier ones sort first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HalfYear {
    year: i32,
    is_second: bool,
}

impl HalfYear {
    /// The half-year a day lies in.
    pub fn of(day: NaiveDate) -> Self {
        HalfYear { year: day.year(), is_second: day.month() > 6 }
    }
}

impl std::fmt::Display for HalfYear {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-H{}", self.year, if self.is_second { 2 } else { 1 })
    }
}
