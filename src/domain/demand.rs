//! Demands: one line of what is asked. The unit of assessment and decision.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::data_class::DataClass;
use super::id::DemandId;
use super::identifier::Identifier;
use super::redirect::Organisation;
use super::text::{Line, ParseError};

/// One line of what is asked: identifier × service × data category × period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Demand {
    /// Identity.
    pub id: DemandId,
    /// Its number on the case, from 1; never used again after a removal.
    pub position: u32,
    /// What is asked.
    pub asked: Asked,
}

/// What a demand asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The account.
    pub identifier: Identifier,
    /// Service id of the catalogue.
    pub service: String,
    /// Data category id of the catalogue.
    pub category: String,
    /// The law's class of that category, from the catalogue when the demand was entered.
    pub data_class: DataClass,
    /// The paper's own words for the item.
    pub words: Option<Line>,
    /// The period asked.
    pub period: Period,
    /// Whether the signed paper itself asks for this item, as opposed to a cover letter only.
    pub in_signed_paper: Option<bool>,
    /// Whether the account is ours: looked up by a person.
    pub is_ours: Option<bool>,
    /// The organisation whose account it is, where the holder is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<Organisation>,
}

/// Days of data, both ends included; an open end means *as far as there is*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Period {
    /// First day, UTC.
    pub from: Option<NaiveDate>,
    /// Last day, UTC.
    pub to: Option<NaiveDate>,
}

impl Period {
    /// A period whose end does not lie before its beginning.
    ///
    /// # Errors
    /// When it ends before it begins.
    pub fn new(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Self, ParseError> {
        match (from, to) {
            (Some(from), Some(to)) if to < from => {
                Err(ParseError::new("period_to", "The period ends before it begins; swap or mend the dates."))
            }
            _ => Ok(Period { from, to }),
        }
    }

    /// Whether it has neither beginning nor end.
    pub fn is_open(self) -> bool {
        self == Period::default()
    }

    /// The part before a day, and the part from that day on; `None` where one of them would hold no day of it.
    pub fn split_at(self, day: NaiveDate) -> Option<(Period, Period)> {
        let is_after_first = self.from.is_none_or(|from| from < day);
        let is_within = self.to.is_none_or(|to| day <= to);
        let before = Period { from: self.from, to: Some(day.pred_opt()?) };
        (is_after_first && is_within).then_some((before, Period { from: Some(day), to: self.to }))
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.from, self.to) {
            (None, None) => f.write_str("no period given"),
            (Some(from), None) => write!(f, "{from} … open"),
            (None, Some(to)) => write!(f, "from the start … {to}"),
            (Some(from), Some(to)) => write!(f, "{from} … {to}"),
        }
    }
}

/// How many numbers and ranges are said before the rest is counted.
const SAID: usize = 12;

/// Numbers of demands as people read them: `1, 2 and 5`, `1 to 200 and 203`. Four or more in a row are one range; of
/// very many the rest is counted.
pub fn numbers(positions: &[u32]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut said = 0_usize;
    for (first, last) in ranges(positions) {
        if parts.len() >= SAID && positions.len().saturating_sub(said) > 3 {
            parts.push(format!("{} more", positions.len().saturating_sub(said)));
            break;
        }
        if last.saturating_sub(first) >= 3 {
            parts.push(format!("{first} to {last}"));
        } else {
            parts.extend((first..=last).map(|n| n.to_string()));
        }
        let run = usize::try_from(last.saturating_sub(first)).unwrap_or(usize::MAX).saturating_add(1);
        said = said.saturating_add(run);
    }
    match parts.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// The same with its noun: `demand 2`, `demands 1 to 200`.
pub fn numbered(positions: &[u32]) -> String {
    format!("{} {}", if positions.len() == 1 { "demand" } else { "demands" }, numbers(positions))
}

/// Numbers in their order as runs without a gap, first and last of each.
pub fn ranges(positions: &[u32]) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &number in positions {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => runs.push((number, number)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_splits_into_two_parts_that_hold_each_day_once() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
        let period = |from, to| Period { from, to };
        let whole = period(Some(day(1)), Some(day(9)));
        assert_eq!(
            whole.split_at(day(2)),
            Some((period(Some(day(1)), Some(day(1))), period(Some(day(2)), Some(day(9)))))
        );
        assert_eq!(
            whole.split_at(day(9)),
            Some((period(Some(day(1)), Some(day(8))), period(Some(day(9)), Some(day(9)))))
        );
        assert_eq!((whole.split_at(day(1)), whole.split_at(day(10))), (None, None));
        let open = period(None, Some(day(9))).split_at(day(4));
        assert_eq!(open, Some((period(None, Some(day(3))), period(Some(day(4)), Some(day(9))))));
        assert!(!whole.is_open() && Period::default().is_open());
    }

    #[test]
    fn many_numbers_are_said_in_few_words() {
        assert_eq!(numbered(&[2]), "demand 2");
        assert_eq!(numbered(&[1, 2, 5]), "demands 1, 2 and 5");
        assert_eq!(numbered(&[1, 2, 3, 4, 7, 9, 10, 11, 12]), "demands 1 to 4, 7 and 9 to 12");
        assert_eq!(numbers(&[]), "");
        let odd: Vec<u32> = (0..100).map(|n| 2 * n + 1).collect();
        assert_eq!(numbers(&odd), "1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23 and 88 more");
    }
}
