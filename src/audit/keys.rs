//! The keys of a log, one after the other. Each signs until it hands over to the next: a note that both sign says so,
//! and from what size on the next one signs. So whoever has one of the keys can check what any of them signed.

use std::fmt;

use super::{
    checkpoint::Checkpoint,
    note::{self, NoteError, SigningKey, VerifierKey},
    verify::Trust,
};

/// The kind of the entry that carries a [`Handover`], whose process payload has its note as `handover`.
pub const HANDOVER_KIND: &str = "key.handed_over";

/// What stands before the size in a line of `log.pub`.
const FROM: &str = " after ";

/// A key that somebody has from outside of the log, such as a line of `log.pub`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedKey {
    /// The key.
    pub key: VerifierKey,
    /// It signs checkpoints that cover more than so many entries; nothing where that was not said.
    pub after: Option<u64>,
}

impl From<VerifierKey> for TrustedKey {
    fn from(key: VerifierKey) -> TrustedKey {
        TrustedKey { key, after: None }
    }
}

impl TrustedKey {
    /// Reads a line of `log.pub`: a verifier key, and `after SIZE` behind it where it took over from another.
    ///
    /// # Errors
    /// [`NoteError::BadKey`] for anything else.
    pub fn parse(line: &str) -> Result<TrustedKey, NoteError> {
        let Some((key, size)) = line.split_once(FROM) else { return Ok(VerifierKey::parse(line)?.into()) };
        let after = size.parse().map_err(|_| NoteError::BadKey("what stands after `after` is not a number"))?;
        Ok(TrustedKey { key: VerifierKey::parse(key)?, after: Some(after) })
    }
}

impl fmt::Display for TrustedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.after {
            Some(after) => write!(f, "{}{FROM}{after}", self.key),
            None => write!(f, "{}", self.key),
        }
    }
}

/// One key hands over to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// The name of the log.
    pub origin: String,
    /// Counted from 1.
    pub number: u64,
    /// The last checkpoint of the old key covers so many entries; larger ones are the new key's.
    pub after: u64,
    /// The old key.
    pub from: VerifierKey,
    /// The new key.
    pub to: VerifierKey,
}

impl Handover {
    /// The note by which `from` vouches for `to`, and `to` says that it has taken over.
    ///
    /// # Errors
    /// When the keys' name is unfit for a note.
    pub fn sign(number: u64, after: u64, from: &SigningKey, to: &SigningKey) -> Result<String, NoteError> {
        let (old, new) = (from.verifier(), to.verifier());
        let text = format!("{}\nlog key {number}\n{after}\n{old}\n{new}\n", old.name());
        from.sign_text(&text).map(|note| note + &to.signature_line(&text))
    }

    /// Reads exactly what [`Handover::sign`] writes. That both keys signed proves nothing of either: see [`KeyChain`].
    ///
    /// # Errors
    /// When it is built otherwise, or not signed by both keys.
    pub fn open(note: &str) -> Result<Handover, NoteError> {
        let text = note::text(note)?;
        let lines: Vec<&str> = text.lines().collect();
        let malformed = NoteError::Malformed("it hands over no key");
        let [origin, number, after, from, to] = lines.as_slice() else { return Err(malformed) };
        let number: Option<u64> = number.strip_prefix("log key ").and_then(|number| number.parse().ok());
        let (Some(number), Ok(after)) = (number, after.parse::<u64>()) else { return Err(malformed) };
        let handover = Handover {
            origin: (*origin).to_owned(),
            number,
            after,
            from: VerifierKey::parse(from)?,
            to: VerifierKey::parse(to)?,
        };
        let Handover { from, to, .. } = &handover;
        let is_of_the_log = [from, to].iter().all(|key| key.name() == *origin);
        if !is_of_the_log || format!("{origin}\nlog key {number}\n{after}\n{from}\n{to}\n") != text {
            return Err(malformed);
        }
        for key in [from, to] {
            note::open(note, std::slice::from_ref(key))?;
        }
        Ok(handover)
    }
}

/// The keys of a log in order, as far as somebody who trusts some of them may believe it.
#[derive(Clone, Debug)]
pub struct KeyChain {
    origin: String,
    /// Keys by the size after which they sign, rising; several only where several came from outside without a size.
    spans: Vec<(u64, Vec<VerifierKey>)>,
}

impl KeyChain {
    /// Links the handovers, oldest first, to what is trusted.
    ///
    /// # Errors
    /// A sentence on the handover, or trusted key, that doesn't fit the others.
    pub fn new(trust: &Trust, handovers: &[Handover]) -> Result<KeyChain, String> {
        let mut spans: Vec<(u64, Vec<VerifierKey>)> = Vec::new();
        for (handover, number) in handovers.iter().zip(1..) {
            let fault = |why: &str| Err(format!("the handover to key {number} {why}"));
            let last = spans.last().map(|(after, keys)| (*after, keys.first()));
            let (before, holds) = last.unwrap_or((0, Some(&handover.from)));
            if handover.origin != trust.origin {
                return fault("is of another log");
            } else if handover.number != number || handover.after <= before {
                return fault("is out of order");
            } else if holds != Some(&handover.from) {
                return fault("is not by the key that signed before");
            } else if spans.is_empty() {
                spans.push((0, vec![handover.from.clone()]));
            }
            spans.push((handover.after, vec![handover.to.clone()]));
        }
        let is_known = |spans: &[(u64, Vec<VerifierKey>)], key| spans.iter().any(|(_, keys)| keys.contains(key));
        if spans.is_empty() {
            let unsized_keys = trust.keys.iter().filter(|trusted| trusted.after.is_none());
            spans.push((0, unsized_keys.map(|trusted| trusted.key.clone()).collect()));
        } else if !trust.keys.iter().any(|trusted| is_known(&spans, &trusted.key)) {
            return Err("none of the log's keys is one that you trust".to_owned());
        }
        // What came from outside may know of keys that came later, and must not say anything else of the same ones.
        for TrustedKey { key, after } in &trust.keys {
            let Some(after) = *after else { continue };
            let last = spans.last().map_or(0, |(after, _)| *after);
            if spans.contains(&(after, vec![key.clone()])) {
                continue;
            } else if is_known(&spans, key) || after <= last {
                return Err(format!("the key that you trust after {after} entries is not the log's own"));
            }
            spans.push((after, vec![key.clone()]));
        }
        Ok(KeyChain { origin: trust.origin.clone(), spans })
    }

    /// The checkpoint in a note that was signed by the key whose turn it was.
    ///
    /// # Errors
    /// When it is none, is another log's, or was signed by none of the keys or out of turn.
    pub fn open(&self, note: &str) -> Result<Checkpoint, NoteError> {
        let checkpoint = Checkpoint::read(note)?;
        let in_force = self.spans.iter().rev().find(|(after, _)| *after < checkpoint.size).or(self.spans.first());
        let opened = note::open(note, in_force.map_or(&[], |(_, keys)| keys.as_slice()));
        match opened {
            Ok(_) if checkpoint.origin != self.origin => Err(NoteError::OtherLog(checkpoint.origin)),
            Ok(_) => Ok(checkpoint),
            Err(NoteError::UnknownSigner) if self.spans.iter().any(|(_, keys)| note::open(note, keys).is_ok()) => {
                Err(NoteError::OutOfTurn)
            }
            Err(error) => Err(error),
        }
    }

    /// The lines of `log.pub`.
    pub fn lines(&self) -> impl Iterator<Item = TrustedKey> {
        let line = |(after, key): (u64, &VerifierKey)| TrustedKey {
            key: key.clone(),
            after: Some(after).filter(|after| *after > 0),
        };
        self.spans.iter().flat_map(|(after, keys)| keys.iter().map(|key| (*after, key))).map(line)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    const ORIGIN: &str = "writ.example/log";

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed(ORIGIN, &[seed; 32]).unwrap()
    }

    fn trust(keys: &[(u8, Option<u64>)]) -> Trust {
        let trusted =
            |(seed, after): &(u8, Option<u64>)| TrustedKey { key: key(*seed).verifier().clone(), after: *after };
        Trust { origin: ORIGIN.into(), keys: keys.iter().map(trusted).collect() }
    }

    /// Key 1 signs up to 10 entries, key 2 up to 20, then key 3.
    fn handovers() -> Vec<Handover> {
        let note = |number, after, from, to| Handover::sign(number, after, &key(from), &key(to)).unwrap();
        [note(1, 10, 1, 2), note(2, 20, 2, 3)].iter().map(|note| Handover::open(note).unwrap()).collect()
    }

    #[test]
    fn whoever_has_one_of_the_keys_checks_what_any_of_them_signed_in_its_turn() {
        let turns = [(1, 0..=10), (2, 11..=20), (3, 21..=40)];
        let all: &[(u8, Option<u64>)] = &[(1, None), (2, Some(10)), (3, Some(20))];
        for trusted in [&[(1, None)], &[(2, None)], &[(3, None)], all, &all[..2]] {
            let chain = KeyChain::new(&trust(trusted), &handovers()).unwrap();
            for (seed, turn) in &turns {
                for size in [0, 1, 10, 11, 20, 21, 40] {
                    let opened = chain.open(&key(*seed).sign(ORIGIN, size, &[7; 32]).unwrap());
                    let is_in_turn = turn.contains(&size);
                    assert_eq!(
                        opened.map(|opened| opened.size),
                        if is_in_turn { Ok(size) } else { Err(NoteError::OutOfTurn) }
                    );
                }
            }
            let stranger = key(9).sign(ORIGIN, 5, &[7; 32]).unwrap();
            assert_eq!(chain.open(&stranger), Err(NoteError::UnknownSigner));
            let elsewhere = key(1).sign("elsewhere", 5, &[7; 32]).unwrap();
            assert_eq!(chain.open(&elsewhere), Err(NoteError::OtherLog("elsewhere".into())));
        }
    }

    #[test]
    fn a_key_that_was_stolen_after_it_handed_over_signs_nothing_for_those_who_know() {
        let forked =
            |from: u8, to: u8, after| Handover::open(&Handover::sign(1, after, &key(from), &key(to)).unwrap()).unwrap();
        let knows = trust(&[(1, None), (2, Some(10)), (3, Some(20))]);
        assert!(KeyChain::new(&knows, &[forked(1, 9, 10)]).is_err(), "to another key");
        assert!(KeyChain::new(&knows, &[forked(1, 9, 15)]).is_err(), "later");
        assert!(KeyChain::new(&knows, &[forked(1, 2, 15)]).is_err(), "at another size");
        let silent = KeyChain::new(&knows, &[]).unwrap();
        assert_eq!(silent.open(&key(1).sign(ORIGIN, 11, &[7; 32]).unwrap()), Err(NoteError::OutOfTurn), "not at all");
        assert!(silent.open(&key(1).sign(ORIGIN, 10, &[7; 32]).unwrap()).is_ok(), "a bundle from before the handover");
        assert!(KeyChain::new(&trust(&[(3, None)]), &[forked(1, 2, 10)]).is_err(), "no key that is trusted");
    }

    #[test]
    fn handovers_that_do_not_follow_each_other_are_no_chain() {
        let all = handovers();
        let with = |change: &dyn Fn(&mut Vec<Handover>)| {
            let mut changed = all.clone();
            change(&mut changed);
            KeyChain::new(&trust(&[(1, None), (2, None), (3, None)]), &changed)
        };
        assert!(with(&|_| {}).is_ok());
        assert!(with(&|all| all.swap(0, 1)).is_err());
        assert!(with(&|all| drop(all.remove(0))).is_err());
        assert!(with(&|all| all[1].after = 10).is_err());
        assert!(with(&|all| all[0].after = 0).is_err());
        assert!(with(&|all| all[1].from = key(1).verifier().clone()).is_err());
        assert!(with(&|all| all[1].origin = "elsewhere".into()).is_err());
    }

    #[test]
    fn a_handover_is_signed_by_both_and_no_changed_byte_passes() {
        let note = Handover::sign(1, 10, &key(1), &key(2)).unwrap();
        assert_eq!(Handover::open(&note).unwrap(), handovers()[0]);
        for place in 0..note.len() {
            let mut other = note.clone().into_bytes();
            other[place] ^= 1;
            if let Ok(other) = String::from_utf8(other) {
                assert!(Handover::open(&other).is_err(), "byte {place}");
            }
        }
        let lines: Vec<&str> = note.lines().collect();
        for one in [6, 7] {
            let alone = format!("{}\n\n{}\n", lines[..5].join("\n"), lines[one]);
            assert_eq!(Handover::open(&alone), Err(NoteError::UnknownSigner), "one signature alone");
        }
        assert!(Handover::open(&key(1).sign(ORIGIN, 5, &[7; 32]).unwrap()).is_err(), "a checkpoint hands nothing over");
        assert!(Checkpoint::read(&note).is_err(), "and the other way round");
    }

    #[test]
    fn lines_of_a_key_file_come_back() {
        let chain = KeyChain::new(&trust(&[(1, None)]), &handovers()).unwrap();
        let lines: Vec<TrustedKey> = chain.lines().collect();
        assert_eq!(lines, trust(&[(1, None), (2, Some(10)), (3, Some(20))]).keys);
        for line in &lines {
            assert_eq!(TrustedKey::parse(&line.to_string()).as_ref(), Ok(line));
        }
        assert!(TrustedKey::parse(&format!("{} after many", lines[0])).is_err());
    }
}
