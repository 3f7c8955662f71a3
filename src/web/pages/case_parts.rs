//! Small parts that the pages of a case share: chips, names, times in words.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};

use crate::domain::case::Case;
use crate::domain::id::StaffId;
use crate::domain::paper::Paper;
use crate::domain::secrecy::SecrecyOrder;
use crate::domain::stage::Compartment;
use crate::domain::staff::initials;
use crate::domain::stated::Stated;
use crate::domain::time::Instant;
use crate::domain::verdict::Verdict;

/// A chip: a shape, a glyph and a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// Classes that give shape and tone, after `chip`.
    pub class: &'static str,
    /// The glyph's id in the sprite.
    pub icon: &'static str,
    /// The word.
    pub text: String,
}

impl Chip {
    /// A chip.
    pub fn new(class: &'static str, icon: &'static str, text: impl Into<String>) -> Chip {
        Chip { class, icon, text: text.into() }
    }
}

/// A moment: exact for machines, in words for people, and how far away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// RFC 3339, for `datetime`.
    pub machine: String,
    /// Absolute, with its zone.
    pub absolute: String,
    /// Relative to the time of the page.
    pub relative: String,
}

impl Moment {
    /// This moment as a page at `now` shows it.
    pub fn new(at: Instant, now: Instant) -> Moment {
        Moment { machine: at.for_machines(), absolute: at.for_people(), relative: relative(at, now) }
    }
}

/// A person who did something at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByWhom {
    /// Full name.
    pub name: String,
    /// Initials for the ring.
    pub initials: String,
    /// When.
    pub at: Moment,
}

/// What turns ids and moments into words on one page.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// Names by id.
    pub names: &'a BTreeMap<StaffId, String>,
    /// The time of the page.
    pub now: Instant,
}

impl Words<'_> {
    /// The name of a member of staff.
    pub fn name(&self, id: StaffId) -> String {
        self.names.get(&id).cloned().unwrap_or_else(|| "a former colleague".into())
    }

    /// Who did it and when.
    pub fn by(&self, id: StaffId, at: Instant) -> ByWhom {
        let name = self.name(id);
        ByWhom { initials: initials(&name), name, at: self.at(at) }
    }

    /// A moment.
    pub fn at(&self, at: Instant) -> Moment {
        Moment::new(at, self.now)
    }
}

/// How far away a moment is: `in 2 d 6 h`, `5 min ago`.
pub fn relative(at: Instant, now: Instant) -> String {
    let span = at.since(now);
    if span.abs() < TimeDelta::minutes(1) {
        return "just now".into();
    }
    let words = span_words(span.abs());
    if span > TimeDelta::zero() { format!("in {words}") } else { format!("{words} ago") }
}

/// A span in its two largest units.
pub fn span_words(span: TimeDelta) -> String {
    let (days, hours, minutes) = (span.num_days(), span.num_hours() % 24, span.num_minutes() % 60);
    match (days, hours, minutes) {
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) if d < 14 => format!("{d} d {h} h"),
        (d, ..) => format!("{d} d"),
    }
}

/// A day as people read it: `Wed 25 Nov 2026`.
pub fn day(on: NaiveDate) -> String {
    on.format("%a %-d %b %Y").to_string()
}

/// What the paper states about a day.
pub fn stated_day(what: &Stated<NaiveDate>) -> String {
    match what {
        Stated::Unknown => "not looked at".into(),
        Stated::None => "the paper states none".into(),
        Stated::Is(on) => day(*on),
    }
}

/// A yes/no that may not have been looked at.
pub fn yes_no(what: Option<bool>) -> &'static str {
    match what {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not looked at",
    }
}

/// The engine's verdict: bare, with its glyph.
pub fn verdict_chip(verdict: Verdict) -> Chip {
    let (class, icon) = match verdict {
        Verdict::Permitted => ("verdict ok", "i-check"),
        Verdict::NeedsHigherProcess => ("verdict warn", "i-up"),
        Verdict::Prohibited => ("verdict bad", "i-cross"),
        Verdict::ManualReview => ("verdict person", "i-judge"),
    };
    Chip::new(class, icon, verdict.label())
}

/// The mark of a decision that goes beyond its verdict.
pub fn override_chip() -> Chip {
    Chip::new("override person", "i-pen", "override")
}

/// The chips beside a case's name: emergency, compartment, secrecy.
pub fn standing_chips(case: &Case, today: NaiveDate) -> Vec<Chip> {
    let mut chips = Vec::new();
    if case.paper.is_emergency() {
        chips.push(Chip::new("loud", "i-bolt", "EMERGENCY"));
    }
    match case.compartment {
        Compartment::Ordinary => {}
        Compartment::Restricted => {
            let people = case.named.len();
            let text = if people == 1 { "restricted, 1 person".into() } else { format!("restricted, {people} people") };
            chips.push(Chip::new("plain seal", "i-lock", text));
        }
        Compartment::NationalSecurity => chips.push(Chip::new("ns", "i-lock", "national security")),
    }
    chips.extend(secrecy_chip(&case.secrecy, today));
    chips
}

/// The one chip for all orders and pleas: the binding order that lasts longest, else a plea.
fn secrecy_chip(orders: &[SecrecyOrder], today: NaiveDate) -> Option<Chip> {
    let binding: Vec<_> = orders.iter().filter(|o| o.binds_on(today)).collect();
    let seal = |text: String| Some(Chip::new("plain seal", "i-unseen", text));
    if binding.iter().any(|o| o.ends_on.is_none()) {
        return seal("secret, no end stated".into());
    }
    if let Some(end) = binding.iter().filter_map(|o| o.ends_on.value()).max() {
        return seal(format!("secret to {}", end.format("%-d %b %Y")));
    }
    if !binding.is_empty() {
        return seal("secret".into());
    }
    if orders.iter().any(|o| !o.is_binding()) { seal("asked, not binding".into()) } else { None }
}

/// The clock of a paper that states when an answer is due; counted to the end of that day, UTC.
pub fn due_chip(paper: &Paper, now: Instant) -> Option<Chip> {
    let on = *paper.return_by.value()?;
    let end = Instant::new(on.succ_opt()?.and_hms_opt(0, 0, 0)?.and_utc());
    let left = end.since(now);
    let (class, icon, text) = if left < TimeDelta::zero() {
        ("clock bad", "i-c4", format!("late by {}", span_words(left.abs())))
    } else if left < TimeDelta::hours(24) {
        ("clock bad", "i-c3", format!("due in {}", span_words(left)))
    } else if left <= TimeDelta::hours(72) {
        ("clock warn", "i-c2", format!("due in {}", span_words(left)))
    } else {
        ("clock ok", "i-c1", format!("due {}", day(on)))
    };
    Some(Chip::new(class, icon, text))
}

/// A size in bytes as people read it.
pub fn size_words(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KB", bytes.div_ceil(1_024)),
        _ => format!("{}.{} MB", bytes / 1_048_576, (bytes % 1_048_576) * 10 / 1_048_576),
    }
}

/// A hash for people: groups of eight digits.
pub fn grouped(hash: &str) -> String {
    let digits: Vec<char> = hash.chars().collect();
    digits.chunks(8).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// A hash in short: its first eight digits in two groups.
pub fn short_hash(hash: &str) -> String {
    let first: String = hash.chars().take(4).collect();
    let second: String = hash.chars().skip(4).take(4).collect();
    format!("{first} {second}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_their_two_largest_units() {
        let now = Instant::from_micros(1_700_000_000_000_000).unwrap();
        let said = |minutes| relative(now.plus(TimeDelta::minutes(minutes)), now);
        assert_eq!((said(0), said(48), said(-5)), ("just now".into(), "in 48 min".into(), "5 min ago".into()));
        assert_eq!((said(54 * 60), said(-24 * 60 * 30)), ("in 2 d 6 h".into(), "30 d ago".into()));
    }

    #[test]
    fn hashes_are_grouped_for_reading() {
        assert_eq!(short_hash("4a7e90c15d02"), "4a7e 90c1");
        assert_eq!(grouped("4a7e90c15d02b7f8"), "4a7e90c1 5d02b7f8");
    }

    #[test]
    fn sizes_are_said_in_the_unit_that_fits() {
        assert_eq!((size_words(900), size_words(2_000), size_words(3_000_000)), ("900 B".into(), "2 KB".into(), "2.8 MB".into()));
    }
}
