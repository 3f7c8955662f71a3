use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::calendar::Calendar;
use crate::domain::clock::{Counting, Length};
use crate::domain::days::{plus_days, plus_months};

/// What a period runs from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// What happened, as people say it: `served`.
    pub what: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The zone of the place where something must be done.
    pub zone: Tz,
    /// How long the clock stood still, over all stops that ended or still run.
    pub stood_still: TimeDelta,
}

/// When something is due, and how that was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The first moment at which it is too late.
    pub at: DateTime<Utc>,
    /// The last day, at the place.
    pub day: NaiveDate,
    /// Every step of the way.
    pub steps: Vec<Step>,
}

/// One step of counting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// From here: what happened, and when at the place.
    From(String, String),
    /// So long.
    Plus(Length),
    /// So long the clock stood still.
    StoodStill(String),
    /// This day is reached.
    Reaches(NaiveDate),
    /// A day that does not count, and why.
    Skips(NaiveDate, String),
    /// The last day is none to end on: why, the day instead, and the rule.
    Moves {
        /// Why it is none.
        why: String,
        /// The day instead.
        to: NaiveDate,
        /// Where the rule stands.
        cites: String,
    },
    /// So somebody, or a paper, states this day as the last one.
    States(String, NaiveDate),
    /// It ends then, at the place.
    Ends(String),
    /// What a reader should know besides.
    Notes(String),
}

/// Counts a period. `None` past the end of the calendar.
pub fn reckon(start: &Start, length: Length, counting: Counting, calendar: &Calendar) -> Option<Due> {
    let local = start.at.with_timezone(&start.zone);
    let mut way = Way { start, counting, calendar, steps: Vec::new() };
    way.steps.push(Step::From(start.what.clone(), local.format("%a %-d %b %Y %H:%M %Z").to_string()));
    way.steps.push(Step::Plus(length));
    match length {
        Length::Hours(hours) => way.hours(hours),
        Length::Days(days) => way.ends_on(plus_days(local.date_naive(), i64::from(days))?, days),
        Length::Months(months) => way.ends_on(plus_months(local.date_naive(), months)?, months.saturating_mul(28)),
        Length::WorkingDays(days) => way.working_days(local.date_naive(), days),
    }
}

/// The end of a day that is stated: a day on a paper is not moved on, whatever day of the week it is. What stands for
/// the event is left out.
pub fn stated(start: &Start, day: NaiveDate, calendar: &Calendar) -> Option<Due> {
    let mut way =
        Way { start, counting: Counting::Plain, calendar, steps: vec![Step::States(start.what.clone(), day)] };
    let day = way.after_standing_still(day)?;
    way.end_of(day)
}

struct Way<'a> {
    start: &'a Start,
    counting: Counting,
    calendar: &'a Calendar,
    steps: Vec<Step>,
}

impl Way<'_> {
    fn hours(mut self, hours: u32) -> Option<Due> {
        let still = self.start.stood_still;
        if still > TimeDelta::zero() {
            self.steps.push(Step::StoodStill(spelled(still)));
        }
        let reached =
            self.start.at.checked_add_signed(TimeDelta::hours(i64::from(hours)))?.checked_add_signed(still)?;
        let local = reached.with_timezone(&self.start.zone);
        if self.counting == Counting::Eu {
            self.steps.push(Step::Notes(
                "Reg. 1182/71 Art. 3(1) leaves out the hour that had begun; the earlier end is kept".to_owned(),
            ));
        }
        let day = local.date_naive();
        let moved = match self.counting {
            Counting::UsCourt => self.moved(day)?,
            Counting::Plain | Counting::Eu => day,
        };
        let at = if moved == day { reached } else { at_place(self.start.zone, moved, local.time())? };
        let ends = at.with_timezone(&self.start.zone).format("%a %-d %b %Y %H:%M %Z").to_string();
        self.steps.push(Step::Ends(ends));
        Some(Due { at, day: moved, steps: self.steps })
    }

    fn ends_on(mut self, day: NaiveDate, days: u32) -> Option<Due> {
        let day = self.after_standing_still(day)?;
        self.steps.push(Step::Reaches(day));
        let mut last = match self.counting {
            Counting::Plain => day,
            Counting::Eu | Counting::UsCourt => self.moved(day)?,
        };
        if self.counting == Counting::Eu && days >= 2 {
            last = self.with_two_working_days(last)?;
        }
        self.end_of(last)
    }

    fn working_days(mut self, from: NaiveDate, days: u32) -> Option<Due> {
        let (mut day, mut left) = (from, days);
        while left > 0 {
            day = day.succ_opt()?;
            match self.calendar.day_off(day) {
                Some(why) => self.steps.push(Step::Skips(day, why)),
                None => left -= 1,
            }
        }
        let day = self.after_standing_still(day)?;
        self.steps.push(Step::Reaches(day));
        self.end_of(day)
    }

    fn after_standing_still(&mut self, day: NaiveDate) -> Option<NaiveDate> {
        let days = self.start.stood_still.num_days();
        if days > 0 {
            self.steps.push(Step::StoodStill(Length::Days(u32::try_from(days).ok()?).to_string()));
        }
        plus_days(day, days)
    }

    fn moved(&mut self, day: NaiveDate) -> Option<NaiveDate> {
        let Some(why) = self.calendar.day_off(day) else { return Some(day) };
        let to = self.calendar.working_from(day)?;
        self.steps.push(Step::Moves { why, to, cites: self.counting.cites_of_the_last_day().to_owned() });
        Some(to)
    }

    /// Art. 3(5): a period of two days or more has at least two working days in it.
    fn with_two_working_days(&mut self, last: NaiveDate) -> Option<NaiveDate> {
        let first = self.start.at.with_timezone(&self.start.zone).date_naive().succ_opt()?;
        let within = first.iter_days().take_while(|day| *day <= last);
        if within.filter(|day| self.calendar.is_working(*day)).count() >= 2 {
            return Some(last);
        }
        let to = first.iter_days().take(60).filter(|day| self.calendar.is_working(*day)).nth(1)?;
        let why = "fewer than two working days".to_owned();
        self.steps.push(Step::Moves { why, to, cites: "Reg. 1182/71 Art. 3(5)".to_owned() });
        Some(to)
    }

    fn end_of(mut self, day: NaiveDate) -> Option<Due> {
        let at = at_place(self.start.zone, day.succ_opt()?, chrono::NaiveTime::MIN)?;
        let zone = at.with_timezone(&self.start.zone).format("%Z");
        self.steps.push(Step::Ends(format!("{} 24:00 {zone}", day.format("%a %-d %b %Y"))));
        Some(Due { at, day, steps: self.steps })
    }
}

/// A time of day at a place. One that the clocks leave out is the moment at which they go on; one they have twice is the
/// first.
fn at_place(zone: Tz, day: NaiveDate, time: chrono::NaiveTime) -> Option<DateTime<Utc>> {
    let wanted = day.and_time(time);
    let quarters = (0..12).filter_map(|n| wanted.checked_add_signed(TimeDelta::minutes(15 * n)));
    let mut found = quarters.filter_map(|moment| zone.from_local_datetime(&moment).earliest());
    found.next().map(|moment| moment.with_timezone(&Utc))
}

fn spelled(span: TimeDelta) -> String {
    match (span.num_hours(), span.num_minutes() % 60) {
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

impl Due {
    /// The arithmetic on one line: `served Thu 12 Nov 2026 16:10 CET + 10 days = Sun 22 Nov 2026 → Sunday, next working
    /// day Mon 23 Nov 2026 (Reg. 1182/71 Art. 3(4)) → Mon 23 Nov 2026 24:00`.
    pub fn told(&self) -> String {
        self.steps.iter().map(Step::told).collect::<Vec<_>>().concat()
    }
}

impl Step {
    fn told(&self) -> String {
        let day = |day: &NaiveDate| day.format("%a %-d %b %Y").to_string();
        match self {
            Step::From(what, when) => format!("{what} {when}"),
            Step::Plus(length) => format!(" + {length}"),
            Step::StoodStill(span) => format!(" + {span} in which the clock stood still"),
            Step::Reaches(reached) => format!(" = {}", day(reached)),
            Step::Skips(skipped, why) => format!(", {} left out ({why})", day(skipped)),
            Step::Moves { why, to, cites } => format!(" → {why}: {} ({cites})", day(to)),
            Step::States(what, stated) => format!("{what} {}", day(stated)),
            Step::Ends(when) => format!(" → {when}"),
            Step::Notes(note) => format!(" [{note}]"),
        }
    }
}
