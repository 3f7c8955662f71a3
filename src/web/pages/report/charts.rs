//! The stacked bars: shares of each outcome for the countries that ask most. Sizes are tenths of a unit of the
//! drawing, as whole numbers.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::domain::country::country_name;
use crate::report::{CountedAs, HalfYearReport, share, thousands};

/// The bars.
pub struct Bars {
    /// How high the drawing is.
    pub height: u64,
    /// Where the axes end.
    pub floor: u64,
    /// One per country, and one for the others.
    pub bars: Vec<Bar>,
}

/// One bar.
pub struct Bar {
    /// Whose.
    pub name: String,
    /// Where its text stands.
    pub text_y: u64,
    /// All requests.
    pub requests: String,
    /// Its parts, from left to right.
    pub parts: Vec<Part>,
}

/// One part of a bar or column.
pub struct Part {
    /// The class that colours it.
    pub class: &'static str,
    /// Where it begins, from the left.
    pub x: String,
    /// Where it begins, downwards; bars have one for all their parts.
    pub y: String,
    /// How long it is.
    pub length: String,
    /// What it says to whoever points at it.
    pub says: String,
}

const LEFT: u64 = 1_700;
const WIDTH: u64 = 5_200;
const MOST: usize = 10;
const STEP: u64 = 24;

impl Bars {
    /// The bars of a half-year, both kinds of customer together.
    pub fn of(half: &HalfYearReport) -> Bars {
        let mut countries: BTreeMap<&str, Stack> = BTreeMap::new();
        for row in &half.rows {
            let stack = countries.entry(row.country.as_str()).or_default();
            row.counts.columns().for_each(|(state, tally)| stack.add(state, tally.requests));
        }
        let mut countries: Vec<(String, Stack)> =
            countries.into_iter().map(|(code, stack)| (country_name(code).to_owned(), stack)).collect();
        countries.sort_by_key(|(name, stack)| (Reverse(stack.all()), name.clone()));
        let others = countries.split_off(countries.len().min(MOST));
        if !others.is_empty() {
            let mut rest = Stack::default();
            others.iter().flat_map(|(_, stack)| &stack.0).for_each(|(state, n)| rest.add(*state, *n));
            countries.push((format!("{} others", others.len()), rest));
        }
        let bars: Vec<Bar> = (0..).zip(&countries).map(|(at, (name, stack))| bar(at, name, stack)).collect();
        let floor = u64::try_from(bars.len()).unwrap_or(0).saturating_mul(STEP).saturating_add(6);
        Bars { height: floor.saturating_add(20), floor, bars }
    }
}

/// Requests by outcome.
#[derive(Default, Clone)]
pub struct Stack(BTreeMap<CountedAs, u64>);

impl Stack {
    /// Adds requests of one outcome.
    pub fn add(&mut self, state: CountedAs, requests: u64) {
        let sum = self.0.entry(state).or_default();
        *sum = sum.saturating_add(requests);
    }

    /// All of them.
    pub fn all(&self) -> u64 {
        self.0.values().fold(0, |all, n| all.saturating_add(*n))
    }

    /// By outcome, those without any left out.
    pub fn parts(&self) -> impl Iterator<Item = (CountedAs, u64)> {
        self.0.iter().filter(|(_, n)| **n > 0).map(|(state, n)| (*state, *n))
    }
}

fn bar(at: u64, name: &str, stack: &Stack) -> Bar {
    let (top, all) = (at.saturating_mul(STEP).saturating_add(6), stack.all());
    let mut before = 0_u64;
    let mut parts = Vec::new();
    for (state, n) in stack.parts() {
        let from = scaled(before, all, WIDTH);
        before = before.saturating_add(n);
        // A hair of background between the parts tells them apart where two greys meet.
        let length = scaled(before, all, WIDTH).saturating_sub(from).saturating_sub(8).max(4);
        let says = format!("{name}: {} {}, {}", state.label(), thousands(n), share(n, all));
        let (x, y) = (tenths(LEFT.saturating_add(from)), top.to_string());
        parts.push(Part { class: class(state), x, y, length: tenths(length), says });
    }
    Bar { name: name.to_owned(), text_y: top.saturating_add(13), requests: thousands(all), parts }
}

/// A part of a whole, on a scale of so many tenths.
pub fn scaled(part: u64, whole: u64, scale: u64) -> u64 {
    part.saturating_mul(scale).checked_div(whole).unwrap_or(0)
}

/// Tenths as the drawing writes them.
pub fn tenths(number: u64) -> String {
    format!("{}.{}", number / 10, number % 10)
}

/// The class that colours an outcome: blue where data left the house, grey where none did.
pub fn class(state: CountedAs) -> &'static str {
    match state {
        CountedAs::Content => "f1",
        CountedAs::NonContentOnly => "f2",
        CountedAs::NoData => "f3",
        CountedAs::Rejected => "f4",
        CountedAs::Redirected => "f5",
        CountedAs::Withdrawn => "f6",
        CountedAs::PreservedOnly => "f7",
        CountedAs::Pending => "f8",
    }
}

/// Every outcome with its class, for the legend.
pub fn legend() -> Vec<(&'static str, &'static str)> {
    CountedAs::ALL.iter().map(|state| (class(*state), state.label())).collect()
}
