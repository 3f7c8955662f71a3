//! Figures as a table.

use std::fmt;
use std::time::Duration;

/// How long something took, again and again.
pub struct Times {
    pub all: Vec<Duration>,
}

/// What several clients came to.
pub struct Measured {
    pub times: Times,
    /// From the first begun to the last ended.
    pub span: Duration,
    pub clients: usize,
}

impl Measured {
    /// How many in a second. A turn that mostly prepares what it measures says nothing of that.
    fn rate(&self) -> String {
        let (span, busy) = (self.span.as_secs_f64(), self.times.all.iter().sum::<Duration>().as_secs_f64());
        if busy * 2.0 < span * self.clients as f64 {
            return "–".to_owned();
        }
        format!("{:.0}", self.times.all.len() as f64 / span)
    }
}

impl Times {
    pub fn of(mut all: Vec<Duration>) -> Times {
        all.sort();
        Times { all }
    }

    /// The time that this share of all stays within, in milliseconds.
    pub fn ms(&self, share: f64) -> f64 {
        let at = ((self.all.len() as f64 * share).ceil() as usize).clamp(1, self.all.len()) - 1;
        self.all[at].as_secs_f64() * 1000.0
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "median {:.2} ms, p99 {:.2} ms", self.ms(0.5), self.ms(0.99))
    }
}

pub const HEAD: &str = "| | one client: median | p99 | sixteen: median | p99 | a second |\n|---|--:|--:|--:|--:|--:|";

pub fn row(name: &str, one: &Measured, many: &Measured) -> String {
    let ms = |n: f64| format!("{n:.2} ms");
    let rate = many.rate();
    let (one, many) = (&one.times, &many.times);
    format!(
        "| {name} | {} | {} | {} | {} | {rate} |",
        ms(one.ms(0.5)),
        ms(one.ms(0.99)),
        ms(many.ms(0.5)),
        ms(many.ms(0.99))
    )
}
