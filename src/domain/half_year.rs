//! Half-years: what reports are made for, and what past cases may be dated by.

use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

use super::text::ParseError;

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

    /// Its first day.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, if self.is_second { 7 } else { 1 }, 1).unwrap_or_default()
    }

    /// Its last day.
    pub fn last_day(self) -> NaiveDate {
        let (month, day) = if self.is_second { (12, 31) } else { (6, 30) };
        NaiveDate::from_ymd_opt(self.year, month, day).unwrap_or_default()
    }

    /// As people read it: `2026, first half`.
    pub fn label(self) -> String {
        format!("{:04}, {} half", self.year, if self.is_second { "second" } else { "first" })
    }
}

/// Reads `2013-H1`, also written `2013H1` or `2013 h1`; the year has four digits and lies after 1900.
impl FromStr for HalfYear {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let reason = "Give a half-year such as 2013-H1.";
        let bad = || ParseError::new("period", reason);
        let text = text.trim().to_ascii_uppercase();
        let (year, half) = text.split_once('H').ok_or_else(bad)?;
        let year = year.trim_end_matches(['-', ' ', '_']);
        let is_year = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
        let year = year.parse().ok().filter(|year| is_year && *year > 1900).ok_or_else(bad)?;
        match half {
            "1" => Ok(HalfYear { year, is_second: false }),
            "2" => Ok(HalfYear { year, is_second: true }),
            _ => Err(bad()),
        }
    }
}

impl std::fmt::Display for HalfYear {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-H{}", self.year, if self.is_second { 2 } else { 1 })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_half_year_reads_back_as_itself_and_holds_its_days() {
        for text in ["2013-H1", "2013H1", "2013 h1"] {
            assert_eq!(text.parse::<HalfYear>().unwrap().to_string(), "2013-H1");
        }
        let half: HalfYear = "2012-H2".parse().unwrap();
        assert_eq!(
            (half.first_day().to_string(), half.last_day().to_string()),
            ("2012-07-01".into(), "2012-12-31".into())
        );
        assert_eq!((HalfYear::of(half.first_day()), HalfYear::of(half.last_day())), (half, half));
        for bad in ["", "2013", "2013-H3", "13-H1", "1800-H1", "H1", "2013-Q1"] {
            assert!(bad.parse::<HalfYear>().is_err(), "{bad}");
        }
    }
}
