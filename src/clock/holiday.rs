use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::Deserialize;

use crate::domain::days::plus_days;

/// A public holiday as a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// Its name.
    pub name: String,
    on: On,
    since: Option<i32>,
    until: Option<i32>,
    not_in: Vec<i32>,
    not_on: Option<(u32, u32)>,
    observed: Observed,
}

/// On which day a holiday falls.
#[derive(Debug, Clone, PartialEq, Eq)]
enum On {
    /// `12-25`, or `04-27 unless sunday`, or `02-01 if friday`.
    Fixed { month: u32, day: u32, weekday: Option<(Weekday, bool)> },
    /// `2025-05-02`: that year only.
    Once(NaiveDate),
    /// `easter +1`, days from Easter Sunday, the Western or the Orthodox one.
    Easter { days: i64, is_orthodox: bool },
    /// `third monday of january`; from the end where `last`.
    Nth { nth: Option<u8>, weekday: Weekday, month: u32 },
    /// `saturday from 06-20`: the first one on or after that day.
    From { weekday: Weekday, month: u32, day: u32 },
}

/// What happens to a holiday that falls on a weekend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
enum Observed {
    /// Nothing.
    #[default]
    #[serde(rename = "never")]
    Never,
    /// On the Friday before a Saturday and the Monday after a Sunday.
    #[serde(rename = "nearest")]
    Nearest,
    /// On the next Monday.
    #[serde(rename = "next monday")]
    NextMonday,
    /// On the next day that is neither weekend nor holiday.
    #[serde(rename = "next working day")]
    NextWorkingDay,
}

/// A holiday as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HolidayText {
    on: String,
    name: String,
    since: Option<i32>,
    until: Option<i32>,
    #[serde(default)]
    not_in: Vec<i32>,
    not_on: Option<String>,
    #[serde(default)]
    observed: Observed,
}

impl Holiday {
    /// The day in a year, where it has one.
    pub fn in_year(&self, year: i32) -> Option<NaiveDate> {
        let is_out = self.since.is_some_and(|first| year < first)
            || self.until.is_some_and(|last| year > last)
            || self.not_in.contains(&year);
        let day = if is_out { None } else { self.on.in_year(year) };
        day.filter(|day| self.not_on != Some((day.month(), day.day())))
    }

    /// Where it is kept instead when it falls on a weekend or, for some, on another holiday's day.
    pub fn moved(&self, day: NaiveDate, is_free: impl Fn(NaiveDate) -> bool) -> Option<NaiveDate> {
        let (saturday, sunday) = (day.weekday() == Weekday::Sat, day.weekday() == Weekday::Sun);
        match self.observed {
            Observed::Nearest if saturday => day.pred_opt(),
            Observed::Nearest | Observed::NextMonday if sunday => day.succ_opt(),
            Observed::NextMonday if saturday => day.checked_add_days(Days::new(2)),
            Observed::NextWorkingDay if saturday || sunday => {
                day.iter_days().skip(1).take(10).find(|later| !is_free(*later))
            }
            _ => None,
        }
    }
}

impl On {
    fn in_year(&self, year: i32) -> Option<NaiveDate> {
        match self {
            On::Fixed { month, day, weekday } => {
                let on = NaiveDate::from_ymd_opt(year, *month, *day)?;
                weekday.is_none_or(|(weekday, wanted)| (on.weekday() == weekday) == wanted).then_some(on)
            }
            On::Once(day) => Some(*day).filter(|day| day.year() == year),
            On::Easter { days, is_orthodox } => {
                let sunday = if *is_orthodox { orthodox_easter(year)? } else { easter(year)? };
                plus_days(sunday, *days)
            }
            On::Nth { nth: Some(nth), weekday, month } => {
                NaiveDate::from_weekday_of_month_opt(year, *month, *weekday, *nth)
            }
            On::Nth { nth: None, weekday, month } => {
                let fifth = NaiveDate::from_weekday_of_month_opt(year, *month, *weekday, 5);
                fifth.or_else(|| NaiveDate::from_weekday_of_month_opt(year, *month, *weekday, 4))
            }
            On::From { weekday, month, day } => {
                let first = NaiveDate::from_ymd_opt(year, *month, *day)?;
                first.iter_days().take(7).find(|day| day.weekday() == *weekday)
            }
        }
    }
}

impl HolidayText {
    /// Reads the rule.
    ///
    /// # Errors
    /// A day that is not written as one.
    pub fn read(self) -> Result<Holiday, String> {
        let unread =
            || format!("“{}”: {} is no day; see the head of the file for how one is written", self.name, self.on);
        let not_on = self.not_on.as_deref().map(|text| month_day(text).ok_or_else(unread)).transpose()?;
        Ok(Holiday {
            on: read_on(&self.on).ok_or_else(unread)?,
            name: self.name,
            since: self.since,
            until: self.until,
            not_in: self.not_in,
            not_on,
            observed: self.observed,
        })
    }
}

fn read_on(text: &str) -> Option<On> {
    let words: Vec<&str> = text.split(' ').collect();
    match words.as_slice() {
        ["easter"] => Some(On::Easter { days: 0, is_orthodox: false }),
        ["orthodox"] => Some(On::Easter { days: 0, is_orthodox: true }),
        ["easter", days] => Some(On::Easter { days: days.parse().ok()?, is_orthodox: false }),
        ["orthodox", days] => Some(On::Easter { days: days.parse().ok()?, is_orthodox: true }),
        [day] => match NaiveDate::parse_from_str(day, "%Y-%m-%d") {
            Ok(day) => Some(On::Once(day)),
            Err(_) => month_day(day).map(|(month, day)| On::Fixed { month, day, weekday: None }),
        },
        [day, wanted @ ("if" | "unless"), weekday] => {
            let (month, day) = month_day(day)?;
            Some(On::Fixed { month, day, weekday: Some((weekday.parse().ok()?, *wanted == "if")) })
        }
        [weekday, "from", day] => {
            let (month, day) = month_day(day)?;
            Some(On::From { weekday: weekday.parse().ok()?, month, day })
        }
        [nth, weekday, "of", month] => {
            let nth = match *nth {
                "first" => Some(1),
                "second" => Some(2),
                "third" => Some(3),
                "fourth" => Some(4),
                "last" => None,
                _ => return None,
            };
            let month: chrono::Month = month.parse().ok()?;
            Some(On::Nth { nth, weekday: weekday.parse().ok()?, month: month.number_from_month() })
        }
        _ => None,
    }
}

fn month_day(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // A leap year has every day there is.
    NaiveDate::from_ymd_opt(2024, month, day).map(|_| (month, day))
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm, as J. Meeus gives it).
fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let l = (32 + 2 * e + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(n / 31).ok()?, u32::try_from(n % 31 + 1).ok()?)
}

/// Easter Sunday of the Julian calendar (Meeus), told in the Gregorian one: thirteen days later until 2099.
fn orthodox_easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 4, year % 7, year % 19);
    let d = (19 * c + 15) % 30;
    let e = (2 * a + 4 * b - d + 34) % 7;
    let n = d + e + 114;
    let julian = NaiveDate::from_ymd_opt(year, u32::try_from(n / 31).ok()?, u32::try_from(n % 31 + 1).ok()?)?;
    let apart = year / 100 - year / 400 - 2;
    julian.checked_add_days(Days::new(u64::try_from(apart).ok()?))
}
