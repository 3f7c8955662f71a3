//! One cell to one value, with what would be right where it is wrong.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::names::ServiceWord;
use crate::domain::agency::Country;
use crate::domain::country::find_country;
use crate::domain::half_year::HalfYear;
use crate::domain::instrument::{Instrument, InstrumentGroup};
use crate::domain::outcome::Outcome;
use crate::domain::redirect::RedirectResult;
use crate::domain::requester::CustomerType;

/// A value, or why it is none.
pub(super) type Parsed<T> = Result<T, String>;

/// The most identifiers, or requests of one outcome, that a row may count.
const MOST: u32 = 1_000_000;

/// A day, or a half-year by its first day; the second value tells whether it was a day.
pub(super) fn received(given: &str, form: Option<&str>, today: NaiveDate) -> Parsed<(NaiveDate, bool)> {
    let form = form.unwrap_or("%Y-%m-%d");
    let read = match given.parse::<HalfYear>() {
        Ok(half) => Some((half.first_day(), false)),
        Err(_) => NaiveDate::parse_from_str(given, form).ok().map(|day| (day, true)),
    };
    let era = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default();
    match read {
        Some((day, _)) if day > today => {
            Err(format!("“{given}” lies in the future. A past case was received before today."))
        }
        Some((day, _)) if day < era => Err(format!("“{given}” lies before 1900. Give the year with four digits.")),
        Some(read) => Ok(read),
        None => Err(format!("“{given}” is no day as {form} writes it, and no half-year such as 2013-H1.")),
    }
}

/// A country by code or name.
pub(super) fn country(given: &str) -> Parsed<Country> {
    find_country(given).ok_or_else(|| {
        format!(
            "“{given}” is no country we know. Give the two-letter code, or translate it under [values.country]; \
             if the row is a total, name it under [skip]."
        )
    })
}

/// The kind of legal process.
pub(super) fn instrument(given: &str) -> Parsed<Instrument> {
    let instrument = word(Instrument::ALL, Instrument::as_str, Instrument::label, given).ok_or_else(|| {
        format!("“{given}” is no instrument. Give one such as search_warrant or grand_jury_subpoena, or nothing.")
    })?;
    match instrument.group() {
        InstrumentGroup::NationalSecurity => {
            Err("National-security process is kept and counted apart and can't be imported. Take the row out.".into())
        }
        _ => Ok(instrument),
    }
}

/// How the case came out.
pub(super) fn outcome(given: &str) -> Parsed<Outcome> {
    word(Outcome::ALL, Outcome::as_str, Outcome::label, given)
        .ok_or_else(|| format!("“{given}” is no outcome. Give one of {}.", listed(Outcome::ALL, Outcome::as_str)))
}

/// Whose accounts were asked about.
pub(super) fn customer(given: &str) -> Parsed<CustomerType> {
    word(CustomerType::ALL, CustomerType::as_str, CustomerType::label, given).ok_or_else(|| {
        format!("“{given}” is no kind of customer. Give one of {}.", listed(CustomerType::ALL, CustomerType::as_str))
    })
}

/// On what ground an organisation's data was given.
pub(super) fn disclosed_by(given: &str) -> Parsed<RedirectResult> {
    let grounds = [RedirectResult::Consent, RedirectResult::Contract];
    word(&grounds, RedirectResult::as_str, RedirectResult::label, given)
        .ok_or_else(|| format!("“{given}” is no ground. Give consent or contract, or nothing."))
}

/// A whole number from 0 to a million, with or without marks between the thousands.
pub(super) fn count(given: &str) -> Parsed<u32> {
    let bad = || format!("“{given}” is no number. Give digits, 0 where there were none.");
    let groups: Vec<&str> = given.split([',', ' ', '\u{a0}', '\u{202f}', '\'']).collect();
    let is_digits = |group: &&str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let is_grouped = groups.iter().skip(1).all(|group| group.len() == 3);
    if !groups.iter().all(is_digits) || !is_grouped {
        return Err(bad());
    }
    let number = groups.concat().parse::<u32>().ok().filter(|n| *n <= MOST);
    number.ok_or_else(|| format!("“{given}” is more than a row may count, which is a million."))
}

/// Services, with a semicolon, comma or bar between them.
pub(super) fn services(given: &str) -> Parsed<Vec<ServiceWord>> {
    let names = given.split([';', ',', '|']).filter(|name| !name.trim().is_empty());
    let words: Result<BTreeSet<ServiceWord>, _> = names.map(ServiceWord::parse).collect();
    Ok(words.map_err(|e| e.reason)?.into_iter().collect())
}

/// A word of a closed list, by its word or its label, whatever its capitals and blanks.
fn word<T: Copy>(all: &[T], as_str: fn(T) -> &'static str, label: fn(T) -> &'static str, given: &str) -> Option<T> {
    let folded = |text: &str| text.to_lowercase().replace([' ', '-'], "_");
    let given = folded(given);
    all.iter().copied().find(|item| folded(as_str(*item)) == given || folded(label(*item)) == given)
}

fn listed<T: Copy>(all: &[T], as_str: fn(T) -> &'static str) -> String {
    all.iter().map(|item| as_str(*item)).collect::<Vec<_>>().join(", ")
}
