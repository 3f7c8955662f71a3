//! Every edit of a single row is found, in its table and at its place; so is a rewritten history.

use std::collections::BTreeMap;

use writ::audit::{stored::*, tree::*, *};

use super::tables::{Log, ORIGIN, log, payload, row, signing_key, verify, written};

/// Makes an edit in a fresh log; the verifier must name exactly this table and place.
#[track_caller]
fn edited(table: &str, seq: impl Into<Option<u64>>, edit: impl FnOnce(&mut Log)) -> Fault {
    let mut log = log();
    edit(&mut log);
    let fault = verify(&log).expect_err("the edit must be found");
    assert_eq!((fault.table, fault.seq), (table, seq.into()), "{fault}");
    fault
}

fn flip(bytes: &mut [u8], place: usize) {
    bytes[place] ^= 1 << (place % 8);
}

fn swap<K: Ord, V: Clone>(map: &mut BTreeMap<K, V>, a: &K, b: &K) {
    let kept = map[a].clone();
    *map.get_mut(a).unwrap() = std::mem::replace(map.get_mut(b).unwrap(), kept);
}

#[test]
fn an_untouched_log_verifies() {
    for size in 1..=13 {
        let log = written(size, |_| "anna");
        let verified = verify(&log).unwrap();
        assert_eq!((verified.size, verified.root), (size, log.head.unwrap().root));
    }
    let verified = verify(&log()).unwrap();
    assert_eq!((verified.checkpoints, verified.signed_size, verified.erased), (3, 11, 3));
    let empty = StoredHead { size: 0, root: empty_root(), at_micros: 0, checkpoints: 0 };
    let trust = Trust { origin: ORIGIN.to_owned(), keys: vec![] };
    assert_eq!(Verifier::new(Some(empty), &[], Ok(&KeyChain::new(&trust, &[]).unwrap())).finish(&[]).unwrap().size, 0);
}

#[test]
fn every_edit_of_an_entry_is_found_at_that_entry() {
    let original = log();
    for (&seq, row) in &original.entry {
        for place in 0..row.bytes.len() {
            edited(LOG_ENTRY, seq, |log| flip(&mut log.entry.get_mut(&seq).unwrap().bytes, place));
        }
        let change = |edit: fn(&mut StoredEntry)| edited(LOG_ENTRY, seq, |log| edit(log.entry.get_mut(&seq).unwrap()));
        change(|row| row.leaf[5] ^= 1);
        change(|row| row.at_micros += 1);
        change(|row| row.actor.push('x'));
        change(|row| row.kind = "payload.erased ".into());
        change(|row| row.case = Some("2026-7".into()));
        change(|row| row.bytes.push(0));
        edited(LOG_ENTRY, seq, |log| drop(log.entry.remove(&seq)));
        for other in seq + 1..13 {
            edited(LOG_ENTRY, seq, |log| swap(&mut log.entry, &seq, &other));
            edited(LOG_ENTRY, seq, |log| {
                swap(&mut log.entry, &seq, &other);
                log.entry.get_mut(&seq).unwrap().seq = seq;
                log.entry.get_mut(&other).unwrap().seq = other;
            });
        }
    }
    for added in [13, 14, 999] {
        edited(LOG_ENTRY, added, |log| {
            let last = Entry::decode(&log.entry[&12].bytes).unwrap();
            log.entry.insert(added, row(&Entry { seq: added, ..last }));
        });
    }
}

#[test]
fn every_edit_of_a_payload_is_found_at_that_payload() {
    let original = log();
    for (&seq, row) in &original.process {
        let process = |edit: &dyn Fn(&mut StoredPayload)| {
            edited(LOG_PROCESS, seq, |log| edit(log.process.get_mut(&seq).unwrap()));
        };
        (0..row.payload.len()).for_each(|place| process(&|row| flip(&mut row.payload, place)));
        (0..32).for_each(|place| process(&|row| flip(&mut row.salt, place)));
        process(&|row| row.salt.truncate(31));
        process(&|row| row.payload.push(b' '));
        edited(LOG_PROCESS, seq, |log| drop(log.process.remove(&seq)));
        (seq + 1..13).for_each(|other| drop(edited(LOG_PROCESS, seq, |log| swap(&mut log.process, &seq, &other))));
    }
    for (&seq, row) in &original.personal {
        let StoredPersonal::Present(row) = row else { panic!("is present") };
        let personal = |edit: &dyn Fn(&mut StoredPayload)| {
            edited(LOG_PERSONAL, seq, |log| {
                let mut row = row.clone();
                edit(&mut row);
                log.personal.insert(seq, StoredPersonal::Present(row));
            });
        };
        (0..row.payload.len()).for_each(|place| personal(&|row| flip(&mut row.payload, place)));
        (0..32).for_each(|place| personal(&|row| flip(&mut row.salt, place)));
        edited(LOG_PERSONAL, seq, |log| drop(log.personal.remove(&seq)));
        edited(LOG_PERSONAL, seq, |log| drop(log.personal.insert(seq, StoredPersonal::Unreadable("damaged".into()))));
    }
    for (table, seq) in [(LOG_PROCESS, 13), (LOG_PROCESS, u64::MAX)] {
        edited(table, seq, |log| drop(log.process.insert(seq, payload(1, 0, ""))));
    }
    edited(LOG_PERSONAL, 13, |log| drop(log.personal.insert(13, StoredPersonal::Unreadable("stray".into()))));
    let fault = edited(LOG_PERSONAL, 5, |log| {
        log.personal.insert(5, StoredPersonal::Present(payload(2, 5, "Müller")));
    });
    assert!(fault.why.contains("was erased"), "an erased payload that is back is a fault too: {fault}");
}

#[test]
fn every_edit_of_the_tree_is_found_at_the_leaf_that_completes_the_node() {
    let original = log();
    assert_eq!(u64::try_from(original.node.len()).unwrap(), node_count(13));
    for address in original.node.keys() {
        let leaf = completing_leaf(address.0, address.1).unwrap();
        (0..32).for_each(|place| drop(edited(LOG_NODE, leaf, |log| flip(log.node.get_mut(address).unwrap(), place))));
        edited(LOG_NODE, leaf, |log| log.node.retain(|other, _| other != address));
        for other in original.node.keys().filter(|other| *other > address) {
            let first = leaf.min(completing_leaf(other.0, other.1).unwrap());
            edited(LOG_NODE, first, |log| swap(&mut log.node, address, other));
        }
    }
    for (address, leaf) in [((0, 13), Some(13)), ((3, 1), Some(15)), ((63, 1), None), ((200, 0), None)] {
        edited(LOG_NODE, leaf, |log| log.node.extend([(address, [1; 32])]));
    }
}

#[test]
fn every_edit_of_a_checkpoint_is_found_at_its_number() {
    let original = log();
    for (&number, row) in &original.checkpoint {
        let change = |edit: &dyn Fn(&mut StoredCheckpoint)| {
            edited(LOG_CHECKPOINT, number, |log| edit(log.checkpoint.get_mut(&number).unwrap()));
        };
        change(&|row| row.size += 1);
        change(&|row| row.root[0] ^= 1);
        change(&|row| row.note.push_str(&format!("— other {}\n", "AAAA".repeat(20))));
        for place in (0..=row.note.len()).filter(|place| row.note.is_char_boundary(*place)) {
            change(&|row| row.note.insert(place, if place % 2 == 0 { '\n' } else { 'A' }));
            if place < row.note.len() {
                change(&|row| {
                    row.note = [&row.note[..place], &row.note[row.note.ceil_char_boundary(place + 1)..]].concat()
                });
            }
        }
        edited(LOG_CHECKPOINT, number, |log| drop(log.checkpoint.remove(&number)));
        for other in number + 1..3 {
            edited(LOG_CHECKPOINT, number, |log| {
                swap(&mut log.checkpoint, &number, &other);
                log.checkpoint.get_mut(&number).unwrap().number = number;
                log.checkpoint.get_mut(&other).unwrap().number = other;
            });
        }
        for added in [3, 7] {
            edited(LOG_CHECKPOINT, added, |log| {
                log.checkpoint.insert(added, StoredCheckpoint { number: added, ..row.clone() });
            });
        }
        edited(LOG_CHECKPOINT, number, |log| {
            let foreign = signing_key().sign("another.example/log", row.size, &row.root).unwrap();
            log.checkpoint.get_mut(&number).unwrap().note = foreign;
        });
    }
}

#[test]
fn every_edit_of_the_head_is_found_at_the_head() {
    let change = |edit: fn(&mut StoredHead)| edited(LOG_HEAD, None, |log| edit(log.head.as_mut().unwrap()));
    change(|head| head.size += 1);
    change(|head| head.size -= 1);
    change(|head| head.size = 0);
    change(|head| head.size = u64::MAX);
    change(|head| head.root[31] ^= 1);
    change(|head| head.at_micros -= 1);
    change(|head| head.checkpoints -= 1);
    edited(LOG_HEAD, None, |log| log.head = None);
    // A checkpoint too few and a count too high look alike; the count is believed.
    edited(LOG_CHECKPOINT, 3, |log| log.head.as_mut().unwrap().checkpoints += 1);
}

// --- someone who can rewrite the whole database, but has not got the key ---

#[test]
fn whoever_rewrites_history_consistently_is_found_by_the_signed_checkpoint() {
    let mut forged = written(13, |seq| if seq == 6 { "ben" } else { "anna" });
    forged.checkpoint = log().checkpoint;
    let fault = verify(&forged).unwrap_err();
    assert_eq!((fault.table, fault.seq), (LOG_CHECKPOINT, Some(1)));
    assert_eq!(
        fault.to_string(),
        "Checkpoint 1 was signed over 8 entries with another root: \
         one from 4 on was rewritten since (table log_checkpoint)."
    );

    let mut cut_back = written(10, |_| "anna");
    cut_back.checkpoint = log().checkpoint;
    cut_back.head.as_mut().unwrap().checkpoints = 3;
    let fault = verify(&cut_back).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "Checkpoint 2 was signed over 11 entries, but the log has only 10 (table log_checkpoint)."
    );
}

#[test]
fn an_entry_rewritten_with_its_own_leaf_is_found_by_the_tree() {
    for seq in 0..13 {
        let mut log = log();
        let old = Entry::decode(&log.entry[&seq].bytes).unwrap();
        log.entry.insert(seq, row(&Entry { actor: "mallory".into(), ..old }));
        let fault = verify(&log).unwrap_err();
        let expected = if seq % 2 == 1 { LOG_ENTRY } else { LOG_NODE };
        assert_eq!((fault.table, fault.seq), (expected, Some(seq)), "{fault}");
    }
}

#[test]
fn time_never_goes_back_and_the_first_fault_stays() {
    let mut log = log();
    let old = Entry::decode(&log.entry[&7].bytes).unwrap();
    log.entry.insert(7, row(&Entry { at_micros: 0, ..old }));
    let fault = verify(&log).unwrap_err();
    assert_eq!(fault.to_string(), "Entry 7 is earlier than the entry before it (table log_entry).");

    let trust = Trust { origin: ORIGIN.to_owned(), keys: vec![] };
    let mut verifier = Verifier::new(log.head, &[], Ok(&KeyChain::new(&trust, &[]).unwrap()));
    let first = verifier.entry(&log.entry[&3], &[]).unwrap_err();
    assert_eq!((first.table, first.seq), (LOG_ENTRY, Some(0)), "entry 0 is missing");
    assert_eq!(verifier.entry(&log.entry[&0], &[]), Err(first.clone()));
    assert_eq!(verifier.finish(&[]), Err(first));
}
