//! A random sample of the log that anybody can draw again: the seed, what it was drawn from and how long the log was then
//! stand in the log. §8.2 of `docs/audit.md` has the same in words.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::id::SampleId;
use super::words::closed_words;

closed_words! {
    /// What a sample is drawn from.
    pub enum SampleOf {
        /// Entries of the log.
        Entries = "entries", "entries";
        /// Cases that were closed: the entries that tell of it.
        ClosedCases = "closed_cases", "closed cases";
        /// Cases of which something left: the entries that tell of it.
        ReleasedCases = "released_cases", "released cases";
    }
}

impl SampleOf {
    /// The kind of entry that stands for each item, where it is one kind.
    pub fn kind(self) -> Option<&'static str> {
        match self {
            SampleOf::Entries => None,
            SampleOf::ClosedCases => Some("case.closed"),
            SampleOf::ReleasedCases => Some("production.released"),
        }
    }
}

/// A sample as it was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Identity.
    #[serde(rename = "sample")]
    pub id: SampleId,
    /// What it was drawn from.
    pub list: SampleOf,
    /// Which of those, as an address spells it: words of closed lists, ids and moments only.
    pub filters: Vec<String>,
    /// How many entries the log had: later ones are not drawn from.
    pub size: u64,
    /// How many items there were to draw from.
    pub population: u64,
    /// The seed, 64 lower-case hexadecimal digits.
    pub seed: String,
    /// The numbers of the entries drawn, rising.
    pub entries: Vec<u64>,
}

/// Draws places out of a population of `size`, from 0: as many as wanted, or all; in the order in which they come out.
///
/// For each counter from 0 on: the first 8 bytes of SHA-256(seed ‖ counter as 8 bytes, big-endian), read as a big-endian
/// number, modulo the population; numbers in the last, incomplete round of that modulus are passed over, so that each
/// place is as likely as any other, and so are places drawn already.
pub fn draw(seed: &[u8; 32], size: u64, wanted: usize) -> Vec<u64> {
    let (mut drawn, mut seen) = (Vec::new(), BTreeSet::new());
    if size == 0 {
        return drawn;
    }
    let wanted = wanted.min(usize::try_from(size).unwrap_or(usize::MAX));
    // The largest multiple of the population that fits, less one.
    let last = u64::MAX - (u64::MAX % size + 1) % size;
    for counter in 0..u64::MAX {
        if drawn.len() >= wanted {
            break;
        }
        let hash = Sha256::new().chain_update(seed).chain_update(counter.to_be_bytes()).finalize();
        let number = hash.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let place = number % size;
        if number <= last && seen.insert(place) {
            drawn.push(place);
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_and_everything_is_drawn_once() {
        let seed = [7; 32];
        let ten = draw(&seed, 1_000, 10);
        assert_eq!(ten, draw(&seed, 1_000, 10));
        assert_eq!(ten[..4], draw(&seed, 1_000, 4)[..], "a larger sample begins with the smaller one");
        assert_ne!(ten, draw(&[8; 32], 1_000, 10));
        let mut all = draw(&seed, 30, 99);
        all.sort_unstable();
        assert_eq!(all, (0..30).collect::<Vec<_>>());
        assert_eq!(draw(&seed, 0, 5), Vec::<u64>::new());
        assert_eq!(draw(&seed, 1, 5), [0]);
    }
}
