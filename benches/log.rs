//! How fast a log is checked offline: a million entries without payloads, in order, hashed, added to the tree and held against
//! checkpoints, on one core; beside the time that hashing the same bytes takes.
//!
//!     cargo bench --bench log --no-default-features
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that cannot go on should stop")]
#![allow(clippy::disallowed_methods, reason = "a measurement asks the machine for the time")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use writ::audit::bundle::examine::Examiner;
use writ::audit::bundle::{Carried, FIRST_LINE, Frame, Header, Payloads, Record};
use writ::audit::{Edge, Entry, SigningKey, Trust, commit, tree};

const ORIGIN: &str = "writ.example/bench";
const KINDS: [&str; 5] = ["case.viewed", "case.assessed", "decision.drafted", "collection.recorded", "staff.signed_in"];

fn entry(seq: u64) -> Vec<u8> {
    let salt = [u8::try_from(seq % 251).unwrap(); 32];
    let entry = Entry {
        seq,
        at_micros: 1_700_000_000_000_000 + i64::try_from(seq).unwrap() * 1_000,
        actor: format!("staff:01a208be-c4e5-760c-bf9b-{:012x}", seq % 40),
        kind: KINDS[usize::try_from(seq % 5).unwrap()].to_owned(),
        case: (!seq.is_multiple_of(7)).then(|| format!("01a208be-c626-7678-9bff-{:012x}", seq / 20)),
        process: commit(&salt, b"{}"),
        personal: commit(&salt, b""),
    };
    entry.encode().unwrap()
}

fn bundle(size: u64, key: &SigningKey) -> (Vec<u8>, u64) {
    let (mut out, mut edge, mut hashed) = (FIRST_LINE.to_vec(), Edge::empty(), 0);
    let mut records = 0;
    let mut put = |record: Record<'_>| {
        record.write(&mut out).unwrap();
        records += 1;
    };
    put(Record::Header(Header { first: 0, end: size, origin: ORIGIN.into(), payloads: Payloads::None, size }));
    for seq in 0..size {
        let bytes = entry(seq);
        hashed += u64::try_from(bytes.len()).unwrap();
        edge.push(tree::leaf_hash(&bytes));
        put(Record::Entry(Carried { bytes: &bytes, process: None, personal: None }));
        if seq % 10_000 == 9_999 || seq + 1 == size {
            let note = key.sign(ORIGIN, seq + 1, &edge.root()).unwrap();
            put(Record::Checkpoint { note: &note, proof: Vec::new() });
        }
    }
    let before = records;
    Record::End(before).write(&mut out).unwrap();
    (out, hashed)
}

fn records(bundle: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = &bundle[FIRST_LINE.len()..];
    std::iter::from_fn(move || {
        let (head, after) = rest.split_first_chunk::<{ Frame::SIZE }>()?;
        let frame = Frame::read(*head).unwrap();
        let (body, after) = after.split_at(usize::try_from(frame.length).unwrap());
        rest = after;
        Some((frame.tag, body))
    })
}

fn checked(bundle: &[u8], key: &SigningKey) -> u64 {
    let trust = Trust { origin: ORIGIN.into(), keys: vec![key.verifier().clone().into()] };
    let mut examiner = Examiner::new(trust);
    for (tag, body) in records(bundle) {
        black_box(examiner.take(Record::read(tag, body)).unwrap());
    }
    examiner.finish().unwrap().header.size
}

/// The same bytes, each entry hashed by itself.
fn hashed_alone(bundle: &[u8]) {
    for (tag, body) in records(bundle) {
        if tag == b'E' {
            black_box(Sha256::digest(body));
        }
    }
}

fn best_of(times: usize, mut measured: impl FnMut()) -> Duration {
    let once = |_| {
        let begun = Instant::now();
        measured();
        begun.elapsed()
    };
    (0..times).map(once).min().unwrap()
}

fn main() {
    let size = std::env::var("WRIT_BENCH_ENTRIES").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000_u64);
    let key = SigningKey::from_seed(ORIGIN, &[7; 32]).unwrap();
    let (bundle, bytes) = bundle(size, &key);
    println!("{size} entries without payloads, {} bytes each, a checkpoint every 10,000", bytes / size);
    let hashing = best_of(5, || hashed_alone(&bundle));
    let checking = best_of(5, || assert_eq!(checked(&bundle, &key), size));
    let per_second =
        |took: Duration| format!("{:.0} entries/s", f64::from(u32::try_from(size).unwrap()) / took.as_secs_f64());
    println!("hashing the same bytes   {hashing:>10.1?}   {}", per_second(hashing));
    println!("checking the bundle      {checking:>10.1?}   {}", per_second(checking));
    println!("checking takes {:.2} times as long as hashing", checking.as_secs_f64() / hashing.as_secs_f64());
}
