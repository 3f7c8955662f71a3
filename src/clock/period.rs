use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Length {
    /// Hours of sixty minutes, whatever the clock on the wall does.
    Hours(u32),
    /// Days, weekends and holidays included.
    Days(u32),
    /// Days that the calendar has as working days.
    WorkingDays(u32),
    /// Months: to the same day of the month, or its last one.
    Months(u32),
}

/// By which rule of law a period is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// As many as are written, wherever the last one falls.
    Plain,
    /// Regulation (EEC, Euratom) No 1182/71: the day of the event is not counted; a period that ends on a holiday or at
    /// the weekend runs to the end of the next working day; one of two days or more has two working days in it.
    Eu,
    /// Fed. R. Civ. P. 6(a)(1) and Fed. R. Crim. P. 45(a)(1): the day of the event is not counted; a period that ends on
    /// a Saturday, a Sunday or a legal holiday runs to the end of the next day that is none. Hours end at the same time
    /// of such a day.
    UsCourt,
}

impl Counting {
    /// Where the rule stands.
    pub fn cites(self) -> &'static str {
        match self {
            Counting::Plain => "",
            Counting::Eu => "Reg. 1182/71 Art. 3",
            Counting::UsCourt => "Fed. R. Civ. P. 6(a)",
        }
    }

    /// Where it says that a last day moves on.
    pub fn cites_of_the_last_day(self) -> &'static str {
        match self {
            Counting::Plain => "",
            Counting::Eu => "Reg. 1182/71 Art. 3(4)",
            Counting::UsCourt => "Fed. R. Civ. P. 6(a)(1)(C)",
        }
    }
}

impl std::fmt::Display for Length {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (count, unit) = match self {
            Length::Hours(count) => (count, "hour"),
            Length::Days(count) => (count, "day"),
            Length::WorkingDays(count) => (count, "working day"),
            Length::Months(count) => (count, "month"),
        };
        write!(f, "{count} {unit}{}", if *count == 1 { "" } else { "s" })
    }
}

impl FromStr for Length {
    type Err = String;

    fn from_str(text: &str) -> Result<Length, String> {
        let unread =
            || format!("“{text}” is no period; one is written as 8 hours, 10 days, 5 working days or 3 months");
        let (count, unit) = text.split_once(' ').ok_or_else(unread)?;
        let count = count.parse().map_err(|_| unread())?;
        match unit.trim_end_matches('s') {
            "hour" => Ok(Length::Hours(count)),
            "day" => Ok(Length::Days(count)),
            "working day" | "business day" => Ok(Length::WorkingDays(count)),
            "month" => Ok(Length::Months(count)),
            "year" => Ok(Length::Months(count * 12)),
            _ => Err(unread()),
        }
    }
}

impl TryFrom<String> for Length {
    type Error = String;

    fn try_from(text: String) -> Result<Length, String> {
        text.parse()
    }
}

impl From<Length> for String {
    fn from(length: Length) -> String {
        length.to_string()
    }
}
