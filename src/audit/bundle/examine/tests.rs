#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
use super::*;
use crate::audit::bundle::{FIRST_LINE as FIRST, Frame};
use crate::audit::{Entry, SigningKey, commit, proof};
use std::collections::HashMap;

const ORIGIN: &str = "writ.example/log";

/// The bytes of an entry, its process payload with its salt, and its personal one where that is still there.
type Kept = (Vec<u8>, Vec<u8>, Option<Vec<u8>>);

/// A small log: an entry per second, the third personal payload erased by the tenth entry, one act sealed, checkpoints
/// over 5, 12 and all entries.
struct Log {
    key: SigningKey,
    entries: Vec<Kept>,
    nodes: HashMap<(u8, u64), Digest>,
    notes: Vec<(u64, String)>,
}

impl Log {
    fn of(size: u64) -> Log {
        let key = SigningKey::from_seed(ORIGIN, &[3; 32]).unwrap();
        let mut log = Log { key, entries: Vec::new(), nodes: HashMap::new(), notes: Vec::new() };
        let mut edge = Edge::empty();
        for seq in 0..size {
            let (kind, process) = match seq {
                9 => (ERASED_KIND, r#"{"erased":[2]}"#.to_owned()),
                7 => (SEALED_KIND, r#"{"sealed":"AAAA"}"#.to_owned()),
                _ => ("case.viewed", format!(r#"{{"n":{seq}}}"#)),
            };
            let (salt, other) = ([seq as u8; 32], [seq as u8 + 100; 32]);
            let personal = format!("person {seq}");
            let entry = Entry {
                seq,
                at_micros: seq as i64 * 1_000_000,
                actor: "staff:anna".into(),
                kind: kind.into(),
                case: (seq % 3 == 0).then(|| "a case".into()),
                process: commit(&salt, process.as_bytes()),
                personal: commit(&other, personal.as_bytes()),
            };
            let bytes = entry.encode().unwrap();
            log.nodes.extend(edge.push(leaf_hash(&bytes)).iter().map(|node| ((node.level, node.index), node.hash)));
            let personal = (seq != 2 && seq != 7).then(|| [&other, personal.as_bytes()].concat());
            log.entries.push((bytes, [&salt, process.as_bytes()].concat(), personal));
            if [5, 12, size].contains(&(seq + 1)) {
                log.notes.push((seq + 1, log.key.sign(ORIGIN, seq + 1, &edge.root()).unwrap()));
            }
        }
        log
    }

    fn node(&self, level: u8, index: u64) -> Option<Digest> {
        self.nodes.get(&(level, index)).copied()
    }

    fn carried(&self, seq: u64, payloads: Payloads) -> Carried<'_> {
        let (bytes, process, personal) = &self.entries[seq as usize];
        Carried {
            bytes,
            process: (payloads >= Payloads::Process).then(|| split(process)),
            personal: personal.as_deref().filter(|_| payloads == Payloads::All).map(split),
        }
    }

    /// The bundle of a part, with these entries from outside.
    fn bundle(&self, first: u64, end: u64, payloads: Payloads, outside: &[u64]) -> Vec<u8> {
        let (size, mut out, mut count) = (self.entries.len() as u64, FIRST.to_vec(), 0);
        let mut put = |record: Record<'_>| {
            record.write(&mut out).unwrap();
            count += 1;
        };
        put(Record::Header(Header { first, end, origin: ORIGIN.into(), payloads, size }));
        if first > 0 {
            let addresses = Edge::addresses(first);
            put(Record::Edge(addresses.iter().map(|(level, index)| self.node(*level, *index).unwrap()).collect()));
        }
        let proof = |from, to| proof::consistency(from, to, |l, i| self.node(l, i)).unwrap();
        let mut notes = self.notes.iter().peekable();
        while let Some((size, note)) = notes.next_if(|(size, _)| *size <= first) {
            put(Record::Checkpoint { note, proof: proof(*size, first) });
        }
        for seq in first..end {
            put(Record::Entry(self.carried(seq, payloads)));
            while let Some((_, note)) = notes.next_if(|(size, _)| *size == seq + 1) {
                put(Record::Checkpoint { note, proof: Vec::new() });
            }
        }
        for (size, note) in notes {
            put(Record::Checkpoint { note, proof: proof(end, *size) });
        }
        for seq in outside {
            let way = proof::inclusion(*seq, size, |l, i| self.node(l, i)).unwrap();
            put(Record::Outside(self.carried(*seq, payloads), way));
        }
        let before = count;
        Record::End(before).write(&mut out).unwrap();
        out
    }
}

fn split(part: &[u8]) -> Salted<'_> {
    let (salt, payload) = part.split_first_chunk::<32>().unwrap();
    Salted { salt, payload }
}

fn trust(log: &Log) -> Trust {
    Trust { origin: ORIGIN.into(), keys: vec![log.key.verifier().clone().into()] }
}

fn examine(bundle: &[u8], trust: Trust, kept: &[Checkpoint]) -> Result<(Examined, u64), Fault> {
    let mut examiner = Examiner::new(trust);
    kept.iter().for_each(|kept| examiner.keep(kept.clone()));
    let cut = || Fault { place: Place::Record(0), why: "is cut".into() };
    let mut rest = bundle.strip_prefix(FIRST).ok_or_else(cut)?;
    let mut acts = 0;
    while !rest.is_empty() {
        let (head, after) = rest.split_first_chunk::<5>().ok_or_else(cut)?;
        let frame = match Frame::read(*head) {
            Ok(frame) => frame,
            Err(error) => return examiner.take(Err(error)).map(|_| unreachable!("a bad frame was taken")),
        };
        let (body, after) = after.split_at_checked(frame.length as usize).ok_or_else(cut)?;
        acts += u64::from(examiner.take(Record::read(frame.tag, body))?.is_some());
        rest = after;
    }
    Ok((examiner.finish()?, acts))
}

#[test]
fn every_part_of_a_log_is_sound_with_whatever_comes_along() {
    let log = Log::of(20);
    for payloads in [Payloads::None, Payloads::Process, Payloads::All] {
        for first in 0..20 {
            for end in first..=20 {
                // Only with the entry that erased it may a payload be missing.
                let outside: Vec<u64> = [2, 9].into_iter().filter(|seq| !(first..end).contains(seq)).collect();
                let bundle = log.bundle(first, end, payloads, &outside);
                let (examined, acts) = examine(&bundle, trust(&log), &[]).unwrap();
                assert_eq!(
                    (examined.checkpoints, examined.outside, acts),
                    (3, outside.len() as u64, end - first + examined.outside)
                );
                let erased = u64::from((first..end).contains(&2));
                assert_eq!(examined.erased, (payloads == Payloads::All).then_some(erased));
            }
        }
    }
}

#[test]
fn no_changed_bit_and_no_cut_goes_unseen() {
    let log = Log::of(14);
    for (first, end, outside) in [(0, 14, vec![]), (4, 11, vec![1, 2, 12]), (0, 0, vec![3, 7, 9])] {
        let bundle = log.bundle(first, end, Payloads::All, &outside);
        examine(&bundle, trust(&log), &[]).unwrap();
        for place in 0..bundle.len() {
            for bit in 0..8 {
                let mut other = bundle.clone();
                other[place] ^= 1 << bit;
                assert!(examine(&other, trust(&log), &[]).is_err(), "byte {place}, bit {bit} of {first}..{end}");
            }
            assert!(examine(&bundle[..place], trust(&log), &[]).is_err(), "cut at {place}");
        }
    }
}

#[test]
fn a_record_left_out_or_moved_is_seen_and_placed() {
    let log = Log::of(14);
    let bundle = log.bundle(4, 11, Payloads::All, &[2, 12]);
    let mut records = Vec::new();
    let mut rest = &bundle[FIRST.len()..];
    while let Some((head, after)) = rest.split_first_chunk::<5>() {
        let length = Frame::read(*head).unwrap().length as usize;
        records.push(&rest[..5 + length]);
        rest = &after[length..];
    }
    let joined = |records: &[&[u8]]| [&[FIRST], records].concat().concat();
    for at in 0..records.len() {
        let mut fewer = records.clone();
        fewer.remove(at);
        assert!(examine(&joined(&fewer), trust(&log), &[]).is_err(), "record {at} left out");
        let mut twice = records.clone();
        twice.insert(at, records[at]);
        assert!(examine(&joined(&twice), trust(&log), &[]).is_err(), "record {at} twice");
        for other in 0..at {
            let mut moved = records.clone();
            moved.swap(at, other);
            assert!(examine(&joined(&moved), trust(&log), &[]).is_err(), "records {at} and {other} swapped");
        }
    }
    let mut fewer = records.clone();
    fewer.remove(5);
    let fault = examine(&joined(&fewer), trust(&log), &[]).unwrap_err();
    assert_eq!(fault.to_string(), "Entry 6 is missing: in its place stands entry 7.");
}

#[test]
fn a_checkpoint_kept_elsewhere_is_compared_where_it_can_be() {
    let log = Log::of(14);
    let kept = |size: u64| Checkpoint {
        origin: ORIGIN.into(),
        size,
        root: proof::root_at(size, |l, i| log.node(l, i)).unwrap(),
    };
    let bundle = log.bundle(6, 10, Payloads::None, &[]);
    // Every size of the part, and every checkpoint of the log that the bundle brings with a proof.
    let all: Vec<Checkpoint> = (1..=14).map(kept).collect();
    let (examined, _) = examine(&bundle, trust(&log), &all).unwrap();
    assert_eq!(examined.kept, [5, 6, 7, 8, 9, 10, 12, 14]);
    assert_eq!(examined.not_compared, [1, 2, 3, 4, 11, 13]);
    for size in [5, 8, 12] {
        let rewritten = Checkpoint { root: [9; 32], ..kept(size) };
        let fault = examine(&bundle, trust(&log), &[rewritten]).unwrap_err();
        assert_eq!(fault.place, Place::Kept(size));
    }
    let later = Checkpoint { origin: ORIGIN.into(), size: 15, root: [9; 32] };
    assert_eq!(examine(&bundle, trust(&log), &[later]).unwrap_err().place, Place::Kept(15));
}

#[test]
fn another_key_another_log_and_a_payload_that_vanished_are_refused() {
    let mut log = Log::of(14);
    let bundle = log.bundle(0, 14, Payloads::All, &[]);
    let other = SigningKey::from_seed(ORIGIN, &[4; 32]).unwrap();
    let strange = Trust { origin: ORIGIN.into(), keys: vec![other.verifier().clone().into()] };
    let fault = examine(&bundle, strange, &[]).unwrap_err();
    assert_eq!(fault.to_string(), "The checkpoint over 5 entries cannot be trusted: not signed by a known key.");
    let elsewhere = Trust { origin: "other".into(), ..trust(&log) };
    assert!(examine(&bundle, elsewhere, &[]).is_err());
    log.entries[4].2 = None;
    let fault = examine(&log.bundle(0, 14, Payloads::All, &[]), trust(&log), &[]).unwrap_err();
    assert_eq!(fault.place, Place::Personal(4));
    // Nobody may take the entry that erased it out of sight.
    let fault = examine(&Log::of(14).bundle(0, 9, Payloads::All, &[]), trust(&log), &[]).unwrap_err();
    assert_eq!(fault.place, Place::Personal(2));
}
