//! For how long closed cases are kept: schedules, which the settings give, and what keeps a case longer than they say.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::id::{CaseId, StaffId};
use super::instrument::Instrument;
use super::outcome::Outcome;
use super::time::Instant;
use super::words::closed_words;

/// For how long something is kept: a number of days, months or years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Keep {
    count: u16,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Days,
    Months,
    Years,
}

impl Keep {
    /// So many years.
    pub fn years(count: u16) -> Keep {
        Keep { count, unit: Unit::Years }
    }

    /// The first day on which what was closed on a day is kept no longer. What is kept for months or years from the last
    /// day of a month is kept to the last day of the month in which that ends.
    pub fn over_on(self, closed_on: NaiveDate) -> NaiveDate {
        let count = u32::from(self.count);
        let over = match self.unit {
            Unit::Days => closed_on.checked_add_days(Days::new(u64::from(count))),
            Unit::Months => closed_on.checked_add_months(Months::new(count)),
            Unit::Years => closed_on.checked_add_months(Months::new(count.saturating_mul(12))),
        };
        over.unwrap_or(NaiveDate::MAX)
    }

    /// A day such that nothing closed after it is over on `today`: for looking rows up, before [`Keep::over_on`] decides.
    pub fn closed_by(self, today: NaiveDate) -> NaiveDate {
        let count = u32::from(self.count);
        let by = match self.unit {
            Unit::Days => today.checked_sub_days(Days::new(u64::from(count))),
            Unit::Months => today.checked_sub_months(Months::new(count)),
            Unit::Years => today.checked_sub_months(Months::new(count.saturating_mul(12))),
        };
        // Months differ in length by three days at the most.
        by.and_then(|day| day.checked_add_days(Days::new(3))).unwrap_or(NaiveDate::MIN)
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Days => "day",
            Unit::Months => "month",
            Unit::Years => "year",
        };
        write!(f, "{} {unit}{}", self.count, if self.count == 1 { "" } else { "s" })
    }
}

impl FromStr for Keep {
    type Err = String;

    fn from_str(text: &str) -> Result<Keep, String> {
        let wrong = || format!("“{text}” is no time to keep something; it looks like 90 days, 18 months or 7 years");
        let (count, unit) = text.trim().split_once(' ').ok_or_else(wrong)?;
        let count: u16 = count.parse().map_err(|_| wrong())?;
        let unit = match unit.trim() {
            "day" | "days" => Unit::Days,
            "month" | "months" => Unit::Months,
            "year" | "years" => Unit::Years,
            _ => return Err(wrong()),
        };
        if count == 0 { Err(wrong()) } else { Ok(Keep { count, unit }) }
    }
}

impl TryFrom<String> for Keep {
    type Error = String;

    fn try_from(text: String) -> Result<Keep, String> {
        text.parse()
    }
}

impl From<Keep> for String {
    fn from(keep: Keep) -> String {
        keep.to_string()
    }
}

/// For how long which closed cases are kept, or papers that no case was opened for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// What people and the log call it.
    pub name: String,
    /// For how long after the closing, or the arrival of a paper without a case.
    pub keep: Keep,
    /// Whether it is about papers that no case was opened for, and about no case.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub papers_without_case: bool,
    /// Cases that rest on these; all where none is named.
    #[serde(default)]
    pub instruments: BTreeSet<Instrument>,
    /// Cases that came out so; all where none is named.
    #[serde(default)]
    pub outcomes: BTreeSet<Outcome>,
    /// Why so long: the law or the policy behind it.
    #[serde(default)]
    pub because: String,
}

impl Schedule {
    /// Whether it is about such cases.
    pub fn covers(&self, instrument: Instrument, outcome: Outcome) -> bool {
        !self.papers_without_case
            && (self.instruments.is_empty() || self.instruments.contains(&instrument))
            && (self.outcomes.is_empty() || self.outcomes.contains(&outcome))
    }
}

/// The first of these schedules that is about such cases.
pub fn schedule_for(schedules: &[Schedule], instrument: Instrument, outcome: Outcome) -> Option<&Schedule> {
    schedules.iter().find(|schedule| schedule.covers(instrument, outcome))
}

/// The schedule for papers that no case was opened for; [`check`] sees that there is no other.
pub fn schedule_for_papers(schedules: &[Schedule]) -> Option<&Schedule> {
    schedules.iter().find(|schedule| schedule.papers_without_case)
}

/// What is wrong with a list of schedules, in a sentence.
///
/// # Errors
/// When one has no name, or the name of another, or says of papers without a case what only cases have; and when two are about
/// papers.
pub fn check(schedules: &[Schedule]) -> Result<(), String> {
    let mut names = BTreeSet::new();
    for schedule in schedules {
        let name = schedule.name.as_str();
        if name.trim().is_empty() || name.len() > 80 || name.chars().any(char::is_control) {
            return Err("Each retention schedule needs a name of 1 to 80 characters.".to_owned());
        }
        if !names.insert(name) {
            return Err(format!("Two retention schedules are called “{name}”."));
        }
        if schedule.papers_without_case && !(schedule.instruments.is_empty() && schedule.outcomes.is_empty()) {
            return Err(format!(
                "The retention schedule “{name}” is about papers: they have no instrument or outcome."
            ));
        }
    }
    if schedules.iter().filter(|schedule| schedule.papers_without_case).count() > 1 {
        return Err("Only one retention schedule can be about papers that no case was opened for.".to_owned());
    }
    Ok(())
}

closed_words! {
    /// Why a case is not erased.
    pub enum KeptBack {
        /// It was erased before.
        Gone = "gone", "it was erased already";
        /// It is worked on.
        NotClosed = "not_closed", "it is not closed";
        /// Somebody must keep it, as long as a proceeding lasts.
        OnHold = "on_hold", "a litigation hold is on it";
        /// Something about it is still to be done by a day.
        ClockRuns = "clock_runs", "one of its clocks still runs";
        /// Somebody has to answer for it.
        FindingOpen = "finding_open", "an audit finding on it is open";
        /// It stands in an erasure that is not over.
        Proposed = "proposed", "it stands in another erasure that is not over";
        /// Nothing says for how long it is kept.
        NoSchedule = "no_schedule", "no retention schedule covers it";
        /// It is kept longer.
        NotDue = "not_due", "its time to be kept is not over";
    }
}

/// What retention goes by, of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The kind of paper.
    pub instrument: Instrument,
    /// The outcome and the day of its closing, UTC; none while it is open.
    pub closed: Option<(Outcome, NaiveDate)>,
    /// Whether a litigation hold is on it.
    pub is_held: bool,
    /// Whether one of its clocks runs.
    pub has_clock: bool,
    /// Whether a finding on it is open.
    pub has_finding: bool,
    /// Whether it stands in an erasure that is not over.
    pub is_proposed: bool,
}

impl Facts {
    /// What keeps the case from being erased on whatever ground.
    ///
    /// # Errors
    /// The first reason to keep it.
    pub fn may_go(&self) -> Result<(Outcome, NaiveDate), KeptBack> {
        let closed = self.closed.ok_or(KeptBack::NotClosed)?;
        let reasons = [
            (self.is_held, KeptBack::OnHold),
            (self.has_clock, KeptBack::ClockRuns),
            (self.has_finding, KeptBack::FindingOpen),
            (self.is_proposed, KeptBack::Proposed),
        ];
        match reasons.iter().find(|(holds, _)| *holds) {
            Some((_, reason)) => Err(*reason),
            None => Ok(closed),
        }
    }

    /// The schedule under which the case may be erased on a day.
    ///
    /// # Errors
    /// The first reason to keep it.
    pub fn is_due<'s>(&self, schedules: &'s [Schedule], today: NaiveDate) -> Result<&'s Schedule, KeptBack> {
        let (outcome, closed_on) = self.closed.ok_or(KeptBack::NotClosed)?;
        let schedule = schedule_for(schedules, self.instrument, outcome).ok_or(KeptBack::NoSchedule)?;
        if schedule.keep.over_on(closed_on) > today {
            return Err(KeptBack::NotDue);
        }
        self.may_go().map(|_| schedule)
    }
}

/// Papers that arrived together and that no case was opened for, as retention sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PapersWithoutCase {
    /// The id they arrived under.
    pub arrival: CaseId,
    /// When the first of them arrived.
    pub at: Instant,
    /// Who took them in.
    pub by: StaffId,
    /// How many there are.
    pub files: usize,
    /// Whether they stand in an erasure that is not over.
    pub is_proposed: bool,
}

impl PapersWithoutCase {
    /// The schedule under which they may be erased on a day.
    ///
    /// # Errors
    /// The first reason to keep them.
    pub fn is_due<'s>(&self, schedules: &'s [Schedule], today: NaiveDate) -> Result<&'s Schedule, KeptBack> {
        let schedule = schedule_for_papers(schedules).ok_or(KeptBack::NoSchedule)?;
        match (schedule.keep.over_on(self.at.day()) > today, self.is_proposed) {
            (true, _) => Err(KeptBack::NotDue),
            (_, true) => Err(KeptBack::Proposed),
            _ => Ok(schedule),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_to_keep_is_read_and_ends_on_its_day() {
        let over = |keep: &str, closed: &str| keep.parse::<Keep>().unwrap().over_on(day(closed)).to_string();
        assert_eq!(over("90 days", "2026-01-01"), "2026-04-01");
        assert_eq!(over("1 month", "2026-01-31"), "2026-02-28");
        assert_eq!(over("7 years", "2024-02-29"), "2031-02-28");
        for wrong in ["", "7", "0 days", "-1 years", "7 weeks", "years 7", "70000 days"] {
            assert!(wrong.parse::<Keep>().is_err(), "{wrong}");
        }
        assert_eq!("1 years".parse::<Keep>().unwrap().to_string(), "1 year");
    }

    #[test]
    fn the_first_schedule_that_covers_a_case_decides() {
        let schedule = |name: &str, keep: &str, outcomes: &[Outcome]| Schedule {
            name: name.to_owned(),
            keep: keep.parse().unwrap(),
            papers_without_case: false,
            instruments: BTreeSet::new(),
            outcomes: outcomes.iter().copied().collect(),
            because: String::new(),
        };
        let schedules = [schedule("refused", "1 year", &[Outcome::Rejected]), schedule("rest", "7 years", &[])];
        let mut facts = Facts {
            instrument: Instrument::SearchWarrant,
            closed: Some((Outcome::Rejected, day("2024-05-01"))),
            is_held: false,
            has_clock: false,
            has_finding: false,
            is_proposed: false,
        };
        let due = |facts: &Facts, on: &str| facts.is_due(&schedules, day(on)).map(|schedule| schedule.name.clone());
        assert_eq!(due(&facts, "2025-04-30"), Err(KeptBack::NotDue));
        assert_eq!(due(&facts, "2025-05-01"), Ok("refused".to_owned()));
        facts.is_held = true;
        assert_eq!(due(&facts, "2025-05-01"), Err(KeptBack::OnHold));
        facts.is_held = false;
        facts.closed = Some((Outcome::Content, day("2024-05-01")));
        assert_eq!(due(&facts, "2025-05-01"), Err(KeptBack::NotDue));
        assert_eq!(due(&facts, "2031-05-01"), Ok("rest".to_owned()));
        assert_eq!(facts.is_due(&schedules[..1], day("2031-05-01")), Err(KeptBack::NoSchedule));
        assert!(check(&schedules).is_ok());
        assert!(check(&[schedules[1].clone(), schedules[1].clone()]).unwrap_err().contains("“rest”"));
        let [of_refused, of_rest] = schedules;
        let papers = |one: Schedule| Schedule { papers_without_case: true, ..one };
        assert!(check(&[papers(of_refused)]).unwrap_err().contains("“refused” is about papers"));
        let papers = [papers(of_rest)];
        assert!(check(&papers).is_ok() && schedule_for_papers(&papers).is_some());
        let other = Schedule { name: "others".to_owned(), ..papers[0].clone() };
        assert!(check(&[papers[0].clone(), other]).unwrap_err().contains("Only one"));
        assert_eq!(facts.is_due(&papers, day("2041-05-01")), Err(KeptBack::NoSchedule));
    }

    proptest! {
        #[test]
        fn whatever_is_over_is_found_by_its_day(count in 1_u16..2_000, unit in 0..3_usize, closed in 0..20_000_i32) {
            let keep = Keep { count, unit: [Unit::Days, Unit::Months, Unit::Years][unit] };
            let closed = NaiveDate::from_num_days_from_ce_opt(730_000 + closed).unwrap();
            let over = keep.over_on(closed);
            prop_assert!(closed <= keep.closed_by(over));
            prop_assert!(over > closed);
        }
    }
}
