//! Chance with a seed: the same seed and number give the same case.

use chrono::TimeDelta;
use uuid::{Builder, Uuid};

use crate::domain::time::Instant;
use crate::system::SeededChance;

/// Dice of one case, or of the register as a whole.
pub struct Dice(SeededChance);

impl Dice {
    /// The dice with this number under a seed.
    pub fn new(seed: u64, number: u64) -> Dice {
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(seed.to_le_bytes().into_iter().chain(number.to_le_bytes())).for_each(|(b, v)| *b = v);
        Dice(SeededChance::new(bytes))
    }

    /// A number below `end`; 0 when there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let last = i64::try_from(end.saturating_sub(1)).unwrap_or(i64::MAX);
        usize::try_from(self.between(0, last)).unwrap_or(0)
    }

    /// A number from `first` to `last`.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        self.0.number(first..=last.max(first))
    }

    /// Whether a chance of so many percent comes true.
    pub fn comes_true(&mut self, percent: u32) -> bool {
        self.between(0, 99) < i64::from(percent)
    }

    /// A span between two numbers of minutes.
    pub fn minutes(&mut self, first: i64, last: i64) -> TimeDelta {
        TimeDelta::seconds(self.between(first.saturating_mul(60), last.saturating_mul(60)))
    }

    /// One of several; none of none.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// One of several by weight.
    pub fn weighted<'a, T>(&mut self, of: &'a [T], weight: impl Fn(&T) -> usize) -> Option<&'a T> {
        let mut left = self.below(of.iter().map(&weight).sum());
        of.iter().find(|one| match left.checked_sub(weight(one)) {
            None => true,
            Some(rest) => {
                left = rest;
                false
            }
        })
    }

    /// An id as one made at that moment would be (UUID version 7).
    pub fn id(&mut self, at: Instant) -> Uuid {
        let millis = u64::try_from(at.as_datetime().timestamp_millis()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &self.0.bytes()).into_uuid()
    }

    /// 64 hex digits.
    pub fn hex(&mut self) -> String {
        hex::encode(self.0.bytes::<32>())
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn the_same_seed_throws_the_same_and_weights_are_kept() {
        let throws = |seed, number| {
            let mut dice = Dice::new(seed, number);
            (0..20).map(|_| dice.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(throws(7, 1), throws(7, 1));
        assert_ne!(throws(7, 1), throws(7, 2));
        assert_ne!(throws(7, 1), throws(8, 1));
        let mut dice = Dice::new(1, 1);
        let heavy = (0..1000).filter(|_| dice.weighted(&[("light", 1), ("heavy", 9)], |o| o.1).unwrap().0 == "heavy");
        assert!((850..950).contains(&heavy.count()));
        assert!(dice.one::<u8>(&[]).is_none() && dice.below(0) == 0);
    }
}
