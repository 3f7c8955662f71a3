use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::calendar::{Calendar, Calendars};
use super::reckon::{Due, Start, reckon, stated};
use crate::domain::case::Case;
use crate::domain::clock::{
    Began, ClockKind, ClockOrder, ClockOwner, Counted, Length, Otherwise, PastWait, Place, Warn,
};
use crate::domain::time::Instant;
use crate::domain::wait::{Wait, WaitKind};

/// The name under which the day stands that whoever began a wait gave.
pub const LOOK_AGAIN: &str = "wait";

/// What is said before a day that the paper or an order states.
const ON_PAPER: &str = "the paper states";

/// Where clocks run, as the settings name it: zones of the IANA database, calendars of `config/calendars.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The zone of the provider, for example `America/Los_Angeles`.
    pub time_zone: String,
    /// Its calendar, for example `US`.
    pub calendar: String,
    /// The zone of its establishment or representative in the European Union; empty for its own.
    pub eu_time_zone: String,
    /// That place's calendar; empty for its own.
    pub eu_calendar: String,
}

/// Calendars, and the places where clocks run.
#[derive(Debug, Clone)]
pub struct Almanac {
    calendars: Calendars,
    home: (Tz, Calendar),
    eu: (Tz, Calendar),
}

impl Almanac {
    /// Reads the zones and finds the calendars.
    ///
    /// # Errors
    /// The zone or the calendar that there is not, and what there is.
    pub fn new(calendars: Calendars, places: &Places) -> Result<Almanac, String> {
        let zone = |text: &str| {
            let unknown = || format!("“{text}” is no time zone; one is written like Europe/Dublin");
            text.parse::<Tz>().map_err(|_| unknown())
        };
        let calendar = |name: &str| {
            let all = || calendars.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
            let unknown = || format!("there is no calendar “{name}”; there are {}", all());
            calendars.get(name).cloned().ok_or_else(unknown)
        };
        let or_home = |text: &str, home: &str| if text.is_empty() { home.to_owned() } else { text.to_owned() };
        let home = (zone(&places.time_zone)?, calendar(&places.calendar)?);
        let eu_zone = zone(&or_home(&places.eu_time_zone, &places.time_zone))?;
        let eu_calendar = calendar(&or_home(&places.eu_calendar, &places.calendar))?;
        Ok(Almanac { home, eu: (eu_zone, eu_calendar), calendars })
    }

    /// The calendars.
    pub fn calendars(&self) -> &Calendars {
        &self.calendars
    }

    /// The clocks of a case: those that the law orders, and the day on which somebody wants to look again.
    pub fn count(&self, case: &Case, orders: &[ClockOrder]) -> Vec<Counted> {
        let mut all: Vec<Counted> = orders.iter().filter_map(|order| self.count_one(case, order)).collect();
        all.extend(case.wait.as_ref().and_then(|wait| self.look_again(wait)));
        all.sort_by(|one, other| (one.due_at, &one.rule).cmp(&(other.due_at, &other.rule)));
        all
    }

    /// The end of a day at the place of a clock, for one that is moved there.
    pub fn end_of(&self, zone: &str, day: NaiveDate) -> Option<Instant> {
        let zone: Tz = zone.parse().ok()?;
        let start = Start { what: String::new(), at: DateTime::UNIX_EPOCH, zone, stood_still: TimeDelta::zero() };
        Some(Instant::new(stated(&start, day, &self.home.1)?.at))
    }

    /// A moment as people at the place of a clock read it: `Mon 23 Nov 2026 24:00 CET` for the end of a day.
    pub fn written(zone: &str, at: Instant) -> String {
        let Ok(zone) = zone.parse::<Tz>() else { return at.for_people() };
        let local = at.as_datetime().with_timezone(&zone);
        let midnight = local.time() == chrono::NaiveTime::MIN;
        match local.date_naive().pred_opt().filter(|_| midnight) {
            Some(day) => format!("{} 24:00 {}", day.format("%a %-d %b %Y"), local.format("%Z")),
            None => local.format("%a %-d %b %Y %H:%M %Z").to_string(),
        }
    }

    fn place(&self, order: &ClockOrder) -> Option<(Tz, &Calendar)> {
        let (zone, own) = match order.terms.place {
            Place::Home => &self.home,
            Place::Eu => &self.eu,
        };
        match &order.terms.calendar {
            None => Some((*zone, own)),
            Some(name) => Some((*zone, self.calendars.get(name)?)),
        }
    }

    fn count_one(&self, case: &Case, order: &ClockOrder) -> Option<Counted> {
        let (zone, calendar) = self.place(order)?;
        let began = match order.began {
            Some(Began::At(at)) => Some(at),
            Some(Began::On(day)) => Some(zone.from_local_datetime(&day.and_hms_opt(0, 0, 0)?).earliest()?.to_utc()),
            None => None,
        };
        let in_hours = matches!(order.terms.length, Some(Length::Hours(_)));
        let start = Start {
            what: order.terms.event.clone(),
            at: began.unwrap_or(DateTime::UNIX_EPOCH),
            zone,
            stood_still: stood_still(&case.past_waits, &order.terms.stands_still, zone, began, in_hours),
        };
        let counted = match (order.terms.length, began) {
            (Some(length), Some(_)) => Some(reckon(&start, length, order.terms.counting, calendar)?),
            _ => None,
        };
        let on_paper = Start { what: ON_PAPER.to_owned(), ..start.clone() };
        let said = order.until.and_then(|day| stated(&on_paper, day, calendar));
        let (due, later) = earlier(counted, said)?;
        let mut told = due.told();
        if let Some(later) = later {
            told.push_str(&format!("; the later end is left: {}", later.told()));
        }
        if !order.is_certain {
            told.push_str("; not all is known that it turns on: it runs until it is");
        }
        let due_at = Instant::new(due.at);
        let starts_at = began.map(Instant::new);
        let mut warn_at: Vec<Instant> =
            order.terms.warn.iter().filter_map(|warn| warns_at(*warn, starts_at, due_at, &start)).collect();
        warn_at.retain(|at| *at < due_at && starts_at.is_none_or(|from| *at > from));
        warn_at.sort();
        warn_at.dedup();
        Some(Counted {
            rule: order.rule.clone(),
            kind: order.terms.kind,
            title: order.terms.title.clone(),
            starts_at,
            due_at,
            due_on: due.day,
            zone: zone.name().to_owned(),
            told,
            warn_at,
            owner: order.terms.owner,
            otherwise: order.terms.otherwise,
            stands_still: order.terms.stands_still.clone(),
            cites: order.cites.clone(),
            pack: order.pack.clone(),
            version: order.version.clone(),
            review_status: order.review_status.clone(),
        })
    }

    fn look_again(&self, wait: &Wait) -> Option<Counted> {
        let (zone, calendar) = (self.home.0, &self.home.1);
        let start = Start {
            what: "expected over by".to_owned(),
            at: wait.at.as_datetime(),
            zone,
            stood_still: TimeDelta::zero(),
        };
        let due = stated(&start, wait.expected_on?, calendar)?;
        Some(Counted {
            rule: LOOK_AGAIN.to_owned(),
            kind: ClockKind::LookAgain,
            title: format!("Look again: {}", wait.kind.label()),
            starts_at: Some(wait.at),
            due_at: Instant::new(due.at),
            due_on: due.day,
            zone: zone.name().to_owned(),
            told: due.told(),
            warn_at: Vec::new(),
            owner: ClockOwner::Assignee,
            otherwise: Otherwise::LookAgain,
            stands_still: Vec::new(),
            cites: Vec::new(),
            pack: String::new(),
            version: String::new(),
            review_status: String::new(),
        })
    }
}

/// Of two ends the earlier, and the later where there are two.
fn earlier(counted: Option<Due>, said: Option<Due>) -> Option<(Due, Option<Due>)> {
    match (counted, said) {
        (Some(counted), Some(said)) if said.at < counted.at => Some((said, Some(counted))),
        (Some(counted), Some(said)) => Some((counted, Some(said))),
        (one, other) => one.or(other).map(|due| (due, None)),
    }
}

/// How long a clock stood still in waits that are over: to the minute where it counts hours, else in whole days as they
/// turn at the place.
fn stood_still(
    waits: &[PastWait],
    kinds: &[WaitKind],
    zone: Tz,
    began: Option<DateTime<Utc>>,
    in_hours: bool,
) -> TimeDelta {
    let span = |wait: &PastWait| {
        let from = began.map_or(wait.from.as_datetime(), |began| began.max(wait.from.as_datetime()));
        let to = wait.to.as_datetime().max(from);
        if in_hours {
            return to - from;
        }
        let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
        day(to) - day(from)
    };
    let stopping = waits.iter().filter(|wait| kinds.contains(&wait.kind));
    stopping.map(span).fold(TimeDelta::zero(), |sum, span| sum.checked_add(&span).unwrap_or(sum))
}

fn warns_at(warn: Warn, from: Option<Instant>, due: Instant, start: &Start) -> Option<Instant> {
    let span = |length: Length| match length {
        Length::Hours(hours) => TimeDelta::hours(i64::from(hours)),
        Length::Days(days) | Length::WorkingDays(days) => TimeDelta::days(i64::from(days)),
        Length::Months(months) => TimeDelta::days(i64::from(months).saturating_mul(30)),
    };
    match warn {
        Warn::Half => {
            let whole = due.since(from?);
            Some(from?.plus(whole / 2))
        }
        Warn::Before(length) => Some(due.plus(-span(length))),
        Warn::After(length) => Some(Instant::new(start.at).plus(span(length))),
    }
}
