//! The only file that asks the machine for time, ids or chance. Everything else gets them as arguments.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::TimeDelta;
use uuid::Uuid;

use crate::domain::time::Instant;

/// What tells the time: the machine's clock, or one that a test or the demonstration turns by hand.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands until it is turned; microseconds since 1970.
    ByHand(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at a moment.
    pub fn by_hand(at: Instant) -> Self {
        Clock::ByHand(Arc::new(AtomicI64::new(at.as_micros())))
    }

    /// The time now, UTC.
    #[allow(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    pub fn now(&self) -> Instant {
        match self {
            Clock::System => Instant::new(chrono::Utc::now()),
            Clock::ByHand(micros) => Instant::from_micros(micros.load(Ordering::SeqCst))
                .unwrap_or_else(|| Instant::new(chrono::DateTime::UNIX_EPOCH)),
        }
    }

    /// Turns a hand-turned clock; the machine's clock stays as it is.
    pub fn turn(&self, by: TimeDelta) {
        if let Clock::ByHand(micros) = self {
            micros.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
        }
    }

    /// Sets a hand-turned clock; the machine's clock stays as it is.
    pub fn set(&self, at: Instant) {
        if let Clock::ByHand(micros) = self {
            micros.store(at.as_micros(), Ordering::SeqCst);
        }
    }
}

/// A new id, sortable by the time it was made (UUID version 7).
#[allow(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub fn fresh_id() -> Uuid {
    Uuid::now_v7()
}

/// Chance that a seed repeats: for what is made up, never for keys.
pub struct SeededChance(rand::rngs::StdRng);

impl SeededChance {
    /// The chance of a seed.
    pub fn new(seed: [u8; 32]) -> SeededChance {
        SeededChance(rand::SeedableRng::from_seed(seed))
    }

    /// A number of a range that is not empty.
    pub fn number(&mut self, range: std::ops::RangeInclusive<i64>) -> i64 {
        rand::RngExt::random_range(&mut self.0, range)
    }

    /// Bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        rand::RngExt::random(&mut self.0)
    }
}

/// Bytes of chance from the operating system.
#[allow(clippy::disallowed_methods, reason = "the one place that asks the machine for chance")]
pub fn chance<const N: usize>() -> [u8; N] {
    rand::random()
}
