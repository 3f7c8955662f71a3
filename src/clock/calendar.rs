use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;

use super::holiday::{Holiday, HolidayText};

/// A place's working days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Its name, for example `US` or `DE`.
    pub name: String,
    /// What it is the calendar of, in words.
    pub title: String,
    /// Where its holidays are written down.
    pub cites: Vec<String>,
    weekend: Vec<Weekday>,
    holidays: Vec<Holiday>,
}

/// Calendars by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendars(BTreeMap<String, Calendar>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarText {
    title: String,
    cites: Vec<String>,
    weekend: Option<Vec<String>>,
    holidays: Vec<HolidayText>,
}

impl Calendar {
    /// Why a day is no working day; `None` for one that is.
    pub fn day_off(&self, day: NaiveDate) -> Option<String> {
        if self.weekend.contains(&day.weekday()) {
            return Some(day.format("%A").to_string());
        }
        self.holiday_on(day)
    }

    /// Whether a day is a working day.
    pub fn is_working(&self, day: NaiveDate) -> bool {
        self.day_off(day).is_none()
    }

    /// The first working day from this one on.
    pub fn working_from(&self, day: NaiveDate) -> Option<NaiveDate> {
        day.iter_days().take(60).find(|day| self.is_working(*day))
    }

    /// The holidays of a year, observed days included, by day.
    pub fn holidays_in(&self, year: i32) -> BTreeMap<NaiveDate, String> {
        let on_a_day = |holiday| Some((Holiday::in_year(holiday, year)?, holiday));
        let mut real: Vec<(NaiveDate, &Holiday)> = self.holidays.iter().filter_map(on_a_day).collect();
        real.sort_by_key(|(day, _)| *day);
        let mut all: BTreeMap<NaiveDate, String> = real.iter().map(|(day, one)| (*day, one.name.clone())).collect();
        for (day, holiday) in &real {
            let is_free = |later: NaiveDate| self.weekend.contains(&later.weekday()) || all.contains_key(&later);
            if let Some(moved) = holiday.moved(*day, is_free) {
                all.entry(moved).or_insert_with(|| format!("{} (observed)", holiday.name));
            }
        }
        all
    }

    /// New Year's Day on a Saturday may be observed on the last day of the year before.
    fn holiday_on(&self, day: NaiveDate) -> Option<String> {
        let of_year = |year: i32| self.holidays_in(year).remove(&day);
        of_year(day.year()).or_else(|| if day.ordinal() > 300 { of_year(day.year() + 1) } else { None })
    }
}

impl Calendars {
    /// Reads `config/calendars.toml`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Calendars, String> {
        let read: BTreeMap<String, CalendarText> = toml::from_str(text).map_err(|e| e.to_string())?;
        let calendar = |(name, text): (String, CalendarText)| {
            let wrong = |says: String| format!("calendar {name}: {says}");
            let weekend = text.weekend.unwrap_or_else(|| vec!["saturday".into(), "sunday".into()]);
            let weekend = weekend.iter().map(|day| day.parse().map_err(|_| wrong(format!("{day} is no weekday"))));
            let holidays = text.holidays.into_iter().map(|one| one.read().map_err(wrong));
            let calendar = Calendar {
                name: name.clone(),
                title: text.title,
                cites: text.cites,
                weekend: weekend.collect::<Result<_, _>>()?,
                holidays: holidays.collect::<Result<_, _>>()?,
            };
            Ok((name, calendar))
        };
        Ok(Calendars(read.into_iter().map(calendar).collect::<Result<_, String>>()?))
    }

    /// The calendar of a place.
    pub fn get(&self, name: &str) -> Option<&Calendar> {
        self.0.get(name)
    }

    /// All calendars, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Calendar> {
        self.0.values()
    }
}
