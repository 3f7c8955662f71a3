//! Times as people read them: the absolute one with its zone first, the relative one beside it.

use chrono::{NaiveDate, TimeDelta};

use crate::domain::time::Instant;

/// How far a moment lies from now: `in 2 d 6 h`, `48 min ago`, `just now`.
pub fn relative(at: Instant, now: Instant) -> String {
    let span = at.since(now);
    let is_past = span < TimeDelta::zero();
    let span = span.abs();
    if span < TimeDelta::minutes(1) {
        return "just now".into();
    }
    let words = spell(span);
    if is_past { format!("{words} ago") } else { format!("in {words}") }
}

fn spell(span: TimeDelta) -> String {
    let (days, hours, minutes) = (span.num_days(), span.num_hours() % 24, span.num_minutes() % 60);
    match (days, hours, minutes) {
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) if h < 12 => format!("{h} h {m} min"),
        (0, h, _) => format!("{h} h"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) if d < 7 => format!("{d} d {h} h"),
        (d, ..) => format!("{d} d"),
    }
}

/// A day on which something is due, as a chip shows it: the shape says how near, the colour only repeats it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The day.
    pub on: NaiveDate,
    /// How far off, in words.
    pub words: String,
    /// `ok`, `warn` or `bad`.
    pub tone: &'static str,
    /// The icon with the disc filled as far.
    pub icon: &'static str,
    /// Whether it lies more than half a year away, so that a day without its year would mislead.
    pub is_far: bool,
}

impl Due {
    /// The day without its year, for lists; what is far off keeps it.
    pub fn short(&self) -> String {
        spell_day(self.on, self.is_far)
    }
}

/// A day without its year where that can't mislead: no more than half a year from today.
pub fn short_day(on: NaiveDate, today: NaiveDate) -> String {
    spell_day(on, is_far(on, today))
}

fn spell_day(on: NaiveDate, is_far: bool) -> String {
    on.format(if is_far { "%-d %b %Y" } else { "%-d %b" }).to_string()
}

fn is_far(on: NaiveDate, today: NaiveDate) -> bool {
    on.signed_duration_since(today).num_days().unsigned_abs() > 180
}

/// How soon something comes, as the headings of lists part it.
pub fn how_soon(at: Instant, now: Instant) -> &'static str {
    match at.since(now) {
        left if left <= TimeDelta::hours(24) => "In the next 24 hours",
        left if left <= TimeDelta::days(7) => "In the next 7 days",
        left if left <= TimeDelta::days(31) => "In the next 31 days",
        _ => "Later",
    }
}

/// How the end of a clock stands to now: by its moment in its last twenty-four hours and once it is late, else by its
/// day.
pub fn due_by(on: NaiveDate, at: Option<Instant>, now: Instant) -> Due {
    let by_day = due(on, now);
    match at.map(|at| at.since(now)) {
        Some(left) if left <= TimeDelta::zero() => {
            Due { words: format!("late by {}", spell(left.abs())), tone: "bad", icon: "c4", ..by_day }
        }
        Some(left) if left < TimeDelta::hours(24) => {
            Due { words: format!("in {}", spell(left)), tone: "bad", icon: "c3", ..by_day }
        }
        _ => by_day,
    }
}

/// How the end of a clock stands to now, where it is nobody's fault that it passes: a right that is lost, a way that is
/// free.
pub fn ends_by(on: NaiveDate, at: Instant, now: Instant) -> Due {
    let due = due_by(on, Some(at), now);
    if at > now {
        return due;
    }
    Due { words: format!("over for {}", spell(now.since(at))), tone: "plain", ..due }
}

/// How a due day stands to today.
pub fn due(on: NaiveDate, now: Instant) -> Due {
    let days = on.signed_duration_since(now.day()).num_days();
    let (words, tone, icon) = match days {
        d if d < 0 => (format!("late by {} d", d.unsigned_abs()), "bad", "c4"),
        0 => ("today".into(), "bad", "c3"),
        1 => ("tomorrow".into(), "warn", "c2"),
        d if d <= 3 => (format!("in {d} d"), "warn", "c2"),
        d => (format!("in {d} d"), "ok", "c1"),
    };
    Due { on, words, tone, icon, is_far: is_far(on, now.day()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::new(text.parse::<chrono::DateTime<chrono::Utc>>().unwrap())
    }

    #[test]
    fn spans_read_as_people_say_them() {
        let now = at("2026-11-23T10:26:00Z");
        for (then, words) in [
            ("2026-11-23T10:26:30Z", "just now"),
            ("2026-11-23T11:14:00Z", "in 48 min"),
            ("2026-11-23T09:26:00Z", "1 h ago"),
            ("2026-11-25T16:26:00Z", "in 2 d 6 h"),
            ("2026-10-23T10:26:00Z", "31 d ago"),
        ] {
            assert_eq!(relative(at(then), now), words);
        }
    }

    #[test]
    fn what_may_pass_is_over_and_not_late() {
        let (on, end) = ("2026-11-22".parse().unwrap(), at("2026-11-23T08:00:00Z"));
        let over = ends_by(on, end, at("2026-11-23T10:30:00Z"));
        assert_eq!((over.words.as_str(), over.tone), ("over for 2 h 30 min", "plain"));
        assert_eq!(ends_by(on, end, at("2026-11-23T06:30:00Z")).words, "in 1 h 30 min");
    }

    #[test]
    fn a_due_day_says_how_near_it_is() {
        let now = at("2026-11-23T23:59:00Z");
        let day = |d: &str| due(d.parse().unwrap(), now);
        assert_eq!((day("2026-11-21").words.as_str(), day("2026-11-21").tone), ("late by 2 d", "bad"));
        assert_eq!((day("2026-11-23").words.as_str(), day("2026-11-23").icon), ("today", "c3"));
        assert_eq!((day("2026-11-24").words.as_str(), day("2026-11-24").tone), ("tomorrow", "warn"));
        assert_eq!((day("2026-11-30").words.as_str(), day("2026-11-30").tone), ("in 7 d", "ok"));
    }
}
