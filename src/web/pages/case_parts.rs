//! Small parts that the pages of a case share: chips, names, times in words.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::actions::Ctx;
use crate::domain::case::Case;
use crate::domain::id::StaffId;
use crate::domain::requester::CustomerType;
use crate::domain::secrecy::SecrecyOrder;
use crate::domain::staff::initials;
use crate::domain::stage::Compartment;
use crate::domain::stated::Stated;
use crate::domain::time::Instant;
use crate::domain::verdict::Verdict;
use crate::web::times::relative;

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

/// What turns ids, moments and paths into words on one page.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// Names by id.
    pub names: &'a BTreeMap<StaffId, String>,
    /// The time of the page.
    pub now: Instant,
    /// The catalogue and the rules.
    pub ctx: &'a Ctx,
}

impl Words<'_> {
    /// Service and category by their names in the catalogue.
    pub fn what(&self, service: &str, category: &str) -> String {
        let kept = self.ctx.catalogue.find_service(service);
        let name = kept.map_or(service, |s| s.name.as_str());
        let item = kept.and_then(|s| s.find_category(category)).map_or(category, |c| c.name.as_str());
        format!("{name} · {item}")
    }

    /// What a fact of the law's vocabulary means; its path in words where it is not declared.
    pub fn fact(&self, path: &str) -> String {
        let rulebook = self.ctx.rulebook();
        let means = rulebook.schema().means(path);
        if means == path { path.replace('_', " ").replace('.', ": ") } else { means.to_owned() }
    }

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
        Verdict::Permitted => ("verdict ok", "check"),
        Verdict::NeedsHigherProcess => ("verdict warn", "up"),
        Verdict::Prohibited => ("verdict bad", "cross"),
        Verdict::ManualReview => ("verdict person", "judge"),
    };
    Chip::new(class, icon, verdict.label())
}

/// The mark of a decision that goes beyond its verdict.
pub fn override_chip() -> Chip {
    Chip::new("override person", "pen", "override")
}

/// The chips beside a case's name: emergency, compartment, secrecy, wait, override, organisation.
pub fn standing_chips(case: &Case, today: NaiveDate) -> Vec<Chip> {
    let mut chips = Vec::new();
    if case.paper.claims_emergency() {
        chips.push(Chip::new("loud", "bolt", "EMERGENCY"));
    }
    match case.compartment {
        Compartment::Ordinary => {}
        Compartment::Restricted => {
            let people = case.named.len();
            let text = if people == 1 { "restricted, 1 person".into() } else { format!("restricted, {people} people") };
            chips.push(Chip::new("plain seal", "lock", text));
        }
        Compartment::NationalSecurity => chips.push(Chip::new("ns", "lock", "national security")),
    }
    chips.extend(secrecy_chip(&case.secrecy, today));
    if let Some(wait) = case.wait.as_ref().filter(|wait| !wait.kind.stops_clock() || case.due_on().is_none()) {
        chips.push(Chip::new("plain", "pause", wait.kind.label()));
    }
    if case.has_override() {
        chips.push(override_chip());
    }
    if case.paper.customer != CustomerType::Consumer || case.demands.iter().any(|d| d.asked.organisation.is_some()) {
        chips.push(Chip::new("plain", "org", customer_word(case.paper.customer)));
    }
    chips
}

/// What is said of an account that is not simply a person's.
fn customer_word(customer: CustomerType) -> &'static str {
    match customer {
        // The paper was read so, and yet a demand names an organisation.
        CustomerType::Consumer => "organisation's account",
        other => other.label(),
    }
}

/// The one chip for all orders and pleas: the binding order that lasts longest, else a plea.
fn secrecy_chip(orders: &[SecrecyOrder], today: NaiveDate) -> Option<Chip> {
    let binding: Vec<_> = orders.iter().filter(|o| o.binds_on(today)).collect();
    let seal = |text: String| Some(Chip::new("plain seal", "unseen", text));
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
    fn hashes_are_grouped_for_reading() {
        assert_eq!(short_hash("4a7e90c15d02"), "4a7e 90c1");
        assert_eq!(grouped("4a7e90c15d02b7f8"), "4a7e90c1 5d02b7f8");
    }
}
