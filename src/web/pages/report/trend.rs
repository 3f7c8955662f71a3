//! The trend: requests by outcome over the half-years, as columns and as a table.

use super::charts::{Part, Stack, class, scaled, tenths};
use crate::domain::half_year::HalfYear;
use crate::report::{CountedAs, HalfYearReport, Transparency, share, thousands};

/// The trend.
pub struct Trend {
    /// The lines across, with what they stand for.
    pub lines: Vec<(u64, String)>,
    /// One per half-year, earliest first.
    pub columns: Vec<Column>,
    /// The same figures, latest first.
    pub rows: Vec<TrendRow>,
}

/// One column of the drawing.
pub struct Column {
    /// The half-year.
    pub period: HalfYear,
    /// The middle of it.
    pub middle: u64,
    /// How wide its parts are.
    pub width: u64,
    /// Its parts, from below.
    pub parts: Vec<Part>,
}

/// One row of the table.
pub struct TrendRow {
    /// The half-year.
    pub period: HalfYear,
    /// Whether it is the one shown above.
    pub is_shown: bool,
    /// Requests, accounts, and each outcome.
    pub figures: Vec<String>,
}

const LEFT: u64 = 60;
const RIGHT: u64 = 740;
const FLOOR: u64 = 230;
const HEIGHT: u64 = 2_100;
const MOST: usize = 12;

impl Trend {
    /// The latest half-years of a report.
    pub fn of(report: &Transparency, shown: HalfYear) -> Trend {
        let halves: Vec<&HalfYearReport> = report.halves.iter().rev().take(MOST).rev().collect();
        let most = halves.iter().map(|half| half.total.requests()).max().unwrap_or(0);
        let top = round_up(most);
        let room = RIGHT.saturating_sub(LEFT).checked_div(u64::try_from(halves.len()).unwrap_or(1).max(1)).unwrap_or(1);
        let columns = (0..).zip(&halves).map(|(at, half)| column(at, room, top, half)).collect();
        let line =
            |part: u64| (FLOOR.saturating_sub(scaled(part, 2, HEIGHT) / 10), thousands(top.saturating_mul(part) / 2));
        let row = |half: &&HalfYearReport| TrendRow {
            period: half.period,
            is_shown: half.period == shown,
            figures: figures(half),
        };
        Trend { lines: [0, 1, 2].map(line).to_vec(), columns, rows: halves.iter().rev().map(row).collect() }
    }

    /// The heads of the table.
    pub fn heads(&self) -> Vec<&'static str> {
        ["Requests", "Accounts"].into_iter().chain(CountedAs::ALL.iter().map(|state| state.label())).collect()
    }
}

fn column(at: u64, room: u64, top: u64, half: &HalfYearReport) -> Column {
    let mut stack = Stack::default();
    half.total.columns().for_each(|(state, tally)| stack.add(state, tally.requests));
    let width = (room * 2 / 3).clamp(4, 56);
    let middle = LEFT.saturating_add(room.saturating_mul(at)).saturating_add(room / 2);
    let mut below = 0_u64;
    let mut parts = Vec::new();
    for (state, n) in stack.parts() {
        let from = scaled(below, top, HEIGHT);
        below = below.saturating_add(n);
        let to = scaled(below, top, HEIGHT);
        parts.push(Part {
            class: class(state),
            x: middle.saturating_sub(width / 2).to_string(),
            y: tenths((FLOOR * 10).saturating_sub(to)),
            length: tenths(to.saturating_sub(from).saturating_sub(4).max(4)),
            says: format!("{}: {} {}, {}", half.period, state.label(), thousands(n), share(n, stack.all())),
        });
    }
    Column { period: half.period, middle, width, parts }
}

/// The next number that reads well at the top of a scale: an even one of one or two digits and noughts.
fn round_up(most: u64) -> u64 {
    let mut step = 2_u64;
    while most.checked_div(step).is_some_and(|steps| steps >= 20) {
        step = step.saturating_mul(10);
    }
    most.div_ceil(step).max(1).saturating_mul(step)
}

fn figures(half: &HalfYearReport) -> Vec<String> {
    let columns = half.total.columns().map(|(_, tally)| tally.requests);
    [half.total.requests(), half.total.accounts].into_iter().chain(columns).map(thousands).collect()
}
