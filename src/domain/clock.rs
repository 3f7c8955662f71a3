//! Clocks: the dated duties of a case. The law orders them ([`ClockOrder`]), the room `clock` counts them
//! ([`Counted`]), the case keeps them with what people did about them ([`Clock`]).

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::case::Case;
use super::id::StaffId;
use super::text::Prose;
use super::time::Instant;
use super::wait::WaitKind;
use super::words::closed_words;

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

closed_words! {
    /// By which rule of law a period is counted.
    pub enum Counting {
        /// As many as are written, wherever the last one falls.
        Plain = "plain", "as many as are written";
        /// Regulation (EEC, Euratom) No 1182/71: the day of the event is not counted; a period that ends on a holiday
        /// or at the weekend runs to the end of the next working day; one of two days or more has two working days.
        Eu = "eu", "Reg. 1182/71";
        /// Fed. R. Civ. P. 6(a)(1) and Fed. R. Crim. P. 45(a)(1): the day of the event is not counted; a period that
        /// ends on a Saturday, a Sunday or a legal holiday runs to the end of the next day that is none. Hours end at
        /// the same time of such a day.
        UsCourt = "us_court", "Fed. R. Civ. P. 6(a)";
    }
}

closed_words! {
    /// What a clock is for.
    pub enum ClockKind {
        /// We answer.
        Answer = "answer", "answer";
        /// We may object, and lose that right.
        Objection = "objection", "our objection";
        /// Somebody else may object: nothing leaves before.
        HoldBack = "hold_back", "nothing leaves before";
        /// Somebody else owes us something.
        Awaited = "awaited", "awaited from them";
        /// We look again at what we wait for.
        LookAgain = "look_again", "look again";
        /// Collection that runs on must end.
        Stop = "stop", "collection ends";
        /// A preserved copy is kept, and not longer.
        Hold = "hold", "copy is kept";
        /// The customer may not be told, and then is.
        Secrecy = "secrecy", "secrecy";
    }
}

closed_words! {
    /// Who answers for a clock.
    pub enum ClockOwner {
        Assignee = "assignee", "whoever has the case";
        Reviewers = "reviewers", "legal reviewers";
        Fulfillers = "fulfillers", "fulfillers";
    }
}

closed_words! {
    /// What follows where nobody does anything.
    pub enum Otherwise {
        Late = "late", "the answer is late";
        RightLost = "right_lost", "the right to object is lost";
        GoOn = "go_on", "the way is free";
        AskAgain = "ask_again", "ask again, or take it as withdrawn";
        CutOff = "cut_off", "collection is cut off; what is collected later is a breach";
        DeleteCopy = "delete_copy", "the preserved copy is deleted";
        TellCustomer = "tell_customer", "the customer is told on the next working day";
        LookAgain = "look_again", "look again";
    }
}

closed_words! {
    /// Where a clock runs.
    pub enum Place {
        Home = "home", "where the provider is";
        Eu = "eu", "where the provider is established or represented in the European Union";
    }
}

/// When a warning is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Warn {
    /// When half of the time is over.
    Half,
    /// So long before the end.
    Before(Length),
    /// So long after the start.
    After(Length),
}

/// What a clock runs from: a moment, or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Began {
    /// At this moment.
    At(DateTime<Utc>),
    /// On this day; nobody says when.
    On(NaiveDate),
}

/// What a rule says of a clock, whatever the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockTerms {
    /// What it is for.
    pub kind: ClockKind,
    /// What it is, in words.
    pub title: String,
    /// What happened when it began, as people say it: `served`.
    pub event: String,
    /// How long it runs; none where only a day is stated.
    pub length: Option<Length>,
    /// The rule of counting.
    pub counting: Counting,
    /// The calendar, where it is not that of the place.
    pub calendar: Option<String>,
    /// Where it runs.
    pub place: Place,
    /// The waits during which it stands still.
    pub stands_still: Vec<WaitKind>,
    /// When to warn.
    pub warn: Vec<Warn>,
    /// Who answers for it.
    pub owner: ClockOwner,
    /// What follows where nobody does anything.
    pub otherwise: Otherwise,
}

/// A clock as the law orders it for a case: what to count, not yet counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockOrder {
    /// The rule that orders it; it names the clock on its case.
    pub rule: String,
    /// What the rule says of it; its length is none where it is not known from when it runs.
    pub terms: ClockTerms,
    /// When that was from which it runs; none where only a day is stated.
    pub began: Option<Began>,
    /// A stated day on which it ends at the latest.
    pub until: Option<NaiveDate>,
    /// Whether all is known that it turns on; if not it runs until it is.
    pub is_certain: bool,
    /// What the rule cites.
    pub cites: Vec<String>,
    /// The pack the rule stands in, and its version.
    pub pack: String,
    /// The pack's version.
    pub version: String,
    /// Whether counsel has read the rule.
    pub review_status: String,
}

/// A clock as it was counted, with its arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The rule that orders it; `wait` for the day that whoever began a wait gave.
    pub rule: String,
    /// What it is for.
    pub kind: ClockKind,
    /// What it is, in words.
    pub title: String,
    /// When it began, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Instant>,
    /// The first moment at which it is too late.
    pub due_at: Instant,
    /// The last day, at the place.
    pub due_on: NaiveDate,
    /// The zone of the place, as the IANA names it.
    pub zone: String,
    /// The arithmetic on one line.
    pub told: String,
    /// When to warn, in order.
    pub warn_at: Vec<Instant>,
    /// Who answers for it.
    pub owner: ClockOwner,
    /// What follows where nobody does anything.
    pub otherwise: Otherwise,
    /// The waits during which it stands still.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stands_still: Vec<WaitKind>,
    /// What the rule cites.
    pub cites: Vec<String>,
    /// The pack the rule stands in.
    pub pack: String,
    /// The pack's version.
    pub version: String,
    /// Whether counsel has read the rule.
    pub review_status: String,
}

/// A clock that was moved: an extension, or an end agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockMoved {
    /// Which.
    pub clock: String,
    /// The last day now, at the place of the clock.
    pub due_on: NaiveDate,
    /// The first moment at which it is too late.
    pub due_at: Instant,
    /// On what that rests.
    pub because: Prose,
    /// Who moved it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

/// A clock that is done with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockSettled {
    /// Which.
    pub clock: String,
    /// What was done.
    pub account: Prose,
    /// Who says so.
    pub by: StaffId,
    /// When.
    pub at: Instant,
}

/// A clock of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// As it was counted.
    pub counted: Counted,
    /// Where it was moved to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<ClockMoved>,
    /// That it is done with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<ClockSettled>,
}

/// Which clocks of an agenda are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AgendaFilter {
    /// Only those of cases that this person has.
    pub mine: bool,
    /// Only those of this kind.
    pub kind: Option<ClockKind>,
}

/// A wait that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastWait {
    /// What for.
    pub kind: WaitKind,
    /// When it began.
    pub from: Instant,
    /// When it ended.
    pub to: Instant,
}

impl Counting {
    /// Where it says that a last day moves on.
    pub fn cites_of_the_last_day(self) -> &'static str {
        match self {
            Counting::Plain => "",
            Counting::Eu => "Reg. 1182/71 Art. 3(4)",
            Counting::UsCourt => "Fed. R. Civ. P. 6(a)(1)(C)",
        }
    }
}

impl ClockKind {
    /// Whether it is our fault when it passes. The others end a right, or free the way.
    pub fn is_duty(self) -> bool {
        matches!(self, ClockKind::Answer | ClockKind::Stop | ClockKind::Hold | ClockKind::Secrecy)
    }

    /// Whether people may agree on another end. What the law or an order fixes is changed by a new paper.
    pub fn can_move(self) -> bool {
        !matches!(self, ClockKind::Stop | ClockKind::Hold | ClockKind::Secrecy | ClockKind::HoldBack)
    }

    /// Whether somebody may say that it is done with. What holds a release back ends by itself, or by what the paper's
    /// particulars say: those are approved anew.
    pub fn can_settle(self) -> bool {
        self != ClockKind::HoldBack
    }

    /// Whether it is over once the answer has left or the case is closed.
    pub fn ends_with_answer(self) -> bool {
        !matches!(self, ClockKind::Stop | ClockKind::Hold | ClockKind::Secrecy)
    }
}

impl Clock {
    /// The first moment at which it is too late.
    pub fn due_at(&self) -> Instant {
        self.moved.as_ref().map_or(self.counted.due_at, |moved| moved.due_at)
    }

    /// The last day, at the place.
    pub fn due_on(&self) -> NaiveDate {
        self.moved.as_ref().map_or(self.counted.due_on, |moved| moved.due_on)
    }

    /// When to warn, in order; of one that was moved, those of its new end.
    pub fn warn_at(&self) -> Vec<Instant> {
        let Some(moved) = &self.moved else { return self.counted.warn_at.clone() };
        let shift = moved.due_at.since(self.counted.due_at);
        self.counted.warn_at.iter().map(|at| at.plus(shift)).filter(|at| *at > moved.at).collect()
    }

    /// A clock counted anew: what people did about it stays, unless it now ends later than they knew.
    pub fn counted_anew(before: Option<&Clock>, counted: Counted) -> Clock {
        let Some(before) = before else { return Clock { counted, moved: None, settled: None } };
        let is_longer = counted.due_at > before.due_at();
        let moved = before.moved.clone().filter(|_| !is_longer);
        let settled = before.settled.clone().filter(|_| !is_longer);
        Clock { counted, moved, settled }
    }
}

impl Case {
    /// A clock by the rule that orders it.
    pub fn clock(&self, rule: &str) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.counted.rule == rule)
    }

    /// Whether a clock still runs: nobody settled it, and the case has not outrun it.
    pub fn runs(&self, clock: &Clock) -> bool {
        if clock.settled.is_some() {
            return false;
        }
        match clock.counted.kind {
            kind if kind.ends_with_answer() => self.released().is_none() && self.closing().is_none(),
            ClockKind::Stop | ClockKind::Hold => self.closing().is_none() || !self.granted().is_empty(),
            _ => true,
        }
    }

    /// Until when nothing may leave, because somebody else may still object.
    pub fn held_until(&self, now: Instant) -> Option<Instant> {
        let holding = self.clocks.iter().filter(|clock| clock.counted.kind == ClockKind::HoldBack && self.runs(clock));
        holding.map(Clock::due_at).filter(|until| *until > now).max()
    }

    /// The wait for which a clock stands still now.
    pub fn stands_still(&self, clock: &Clock) -> Option<&super::wait::Wait> {
        self.wait.as_ref().filter(|wait| clock.counted.stands_still.contains(&wait.kind))
    }

    /// The clocks that run, the soonest first.
    pub fn running_clocks(&self) -> Vec<&Clock> {
        let mut running: Vec<&Clock> = self.clocks.iter().filter(|clock| self.runs(clock)).collect();
        running.sort_by_key(|clock| clock.due_at());
        running
    }

    /// The duty that is due next: what lists show.
    pub fn next_duty(&self) -> Option<&Clock> {
        self.running_clocks().into_iter().find(|clock| clock.counted.kind.is_duty())
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
        let count: u32 = count.parse().map_err(|_| unread())?;
        match unit.trim_end_matches('s') {
            "hour" => Ok(Length::Hours(count)),
            "day" => Ok(Length::Days(count)),
            "working day" => Ok(Length::WorkingDays(count)),
            "month" => Ok(Length::Months(count)),
            "year" => Ok(Length::Months(count.saturating_mul(12))),
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

impl std::fmt::Display for Warn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Warn::Half => f.write_str("half"),
            Warn::Before(length) => write!(f, "{length} before"),
            Warn::After(length) => write!(f, "{length} after"),
        }
    }
}

impl FromStr for Warn {
    type Err = String;

    fn from_str(text: &str) -> Result<Warn, String> {
        match text.rsplit_once(' ') {
            _ if text == "half" => Ok(Warn::Half),
            Some((length, "before")) => Ok(Warn::Before(length.parse()?)),
            Some((length, "after")) => Ok(Warn::After(length.parse()?)),
            _ => Err(format!("“{text}” is no warning; one is written as half, 1 day before or 2 hours after")),
        }
    }
}

impl TryFrom<String> for Warn {
    type Error = String;

    fn try_from(text: String) -> Result<Warn, String> {
        text.parse()
    }
}

impl From<Warn> for String {
    fn from(warn: Warn) -> String {
        warn.to_string()
    }
}
