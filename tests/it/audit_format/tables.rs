//! A log in six tables, kept in memory and read as a store reads it.

use std::collections::BTreeMap;

use writ::audit::{stored::*, tree::*, *};

pub const ORIGIN: &str = "writ.example/log";

#[derive(Clone)]
pub struct Log {
    pub entry: BTreeMap<u64, StoredEntry>,
    pub process: BTreeMap<u64, StoredPayload>,
    pub personal: BTreeMap<u64, StoredPersonal>,
    pub node: BTreeMap<(u8, u64), Digest>,
    pub checkpoint: BTreeMap<u64, StoredCheckpoint>,
    pub head: Option<StoredHead>,
}

/// Thirteen entries, of which number 9 erases 3, 5 and 6; checkpoints at 4, 8 and 11.
pub fn log() -> Log {
    written(13, |_| "anna")
}

pub fn written(size: u64, actor: impl Fn(u64) -> &'static str) -> Log {
    let (mut edge, key) = (Edge::empty(), signing_key());
    let mut log = Log {
        entry: BTreeMap::new(),
        process: BTreeMap::new(),
        personal: BTreeMap::new(),
        node: BTreeMap::new(),
        checkpoint: BTreeMap::new(),
        head: None,
    };
    for seq in 0..size {
        let process = if seq == 9 { r#"{"erased":[3,[5,6]]}"#.to_owned() } else { format!(r#"{{"n":{seq}}}"#) };
        let (process, personal) =
            (payload(1, seq, &process), payload(2, seq, if seq % 4 == 0 { "" } else { "Müller" }));
        let entry = Entry {
            seq,
            at_micros: 1_800_000_000_000_000 + i64::try_from(seq / 2).unwrap(),
            actor: actor(seq).to_owned(),
            kind: if seq == 9 { "payload.erased" } else { "case.viewed" }.to_owned(),
            case: (seq % 3 == 0).then(|| format!("2026-{seq}")),
            process: commit(&process.salt.clone().try_into().unwrap(), &process.payload),
            personal: commit(&personal.salt.clone().try_into().unwrap(), &personal.payload),
        };
        let row = row(&entry);
        log.node.extend(edge.push(row.leaf).into_iter().map(|node| ((node.level, node.index), node.hash)));
        log.entry.insert(seq, row);
        log.process.insert(seq, process);
        if size < 10 || ![3, 5, 6].contains(&seq) {
            log.personal.insert(seq, StoredPersonal::Present(personal));
        }
        if [4, 8, 11].contains(&edge.size()) {
            let number = u64::try_from(log.checkpoint.len()).unwrap();
            let note = key.sign(ORIGIN, edge.size(), &edge.root()).unwrap();
            log.checkpoint.insert(number, StoredCheckpoint { number, size: edge.size(), root: edge.root(), note });
        }
        let checkpoints = u64::try_from(log.checkpoint.len()).unwrap();
        log.head = Some(StoredHead { size: seq + 1, root: edge.root(), at_micros: entry.at_micros, checkpoints });
    }
    log
}

pub fn row(entry: &Entry) -> StoredEntry {
    let bytes = entry.encode().unwrap();
    let Entry { seq, at_micros, actor, kind, case, .. } = entry.clone();
    let (leaf, personal) = (leaf_hash(&bytes), StoredPersonal::Absent);
    StoredEntry { seq, at_micros, actor, kind, case, bytes, leaf, process: None, personal }
}

pub fn payload(table: u8, seq: u64, text: &str) -> StoredPayload {
    let mut salt = vec![table; 32];
    salt[0] = u8::try_from(seq).unwrap();
    StoredPayload { salt, payload: text.as_bytes().to_vec() }
}

pub fn signing_key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[7; 32]).unwrap()
}

/// Reads the tables as a store does.
pub fn verify(log: &Log) -> Result<Verified, Fault> {
    let trust = Trust { origin: ORIGIN.to_owned(), keys: vec![signing_key().verifier().clone().into()] };
    let checkpoints: Vec<_> = log.checkpoint.values().cloned().collect();
    let mut verifier = Verifier::new(log.head, &checkpoints, Ok(&KeyChain::new(&trust, &[]).unwrap()));
    let is_entry = |seq: &u64| log.entry.contains_key(seq);
    let mut strays = Vec::new();
    let mut nodes: BTreeMap<u64, Vec<Node>> = BTreeMap::new();
    for (&(level, index), &hash) in &log.node {
        match completing_leaf(level, index).filter(is_entry) {
            Some(leaf) => nodes.entry(leaf).or_default().push(Node { level, index, hash }),
            None => strays.push(Stray { table: LOG_NODE, seq: completing_leaf(level, index) }),
        }
    }
    for (seq, row) in &log.entry {
        let personal = log.personal.get(seq).cloned().unwrap_or(StoredPersonal::Absent);
        let stored = StoredEntry { process: log.process.get(seq).cloned(), personal, ..row.clone() };
        verifier.entry(&stored, nodes.get(seq).map_or(&[], Vec::as_slice))?;
    }
    let stray = |table| move |seq: &u64| Stray { table, seq: Some(*seq) };
    strays.extend(log.process.keys().filter(|seq| !is_entry(seq)).map(stray(LOG_PROCESS)));
    strays.extend(log.personal.keys().filter(|seq| !is_entry(seq)).map(stray(LOG_PERSONAL)));
    verifier.finish(&strays)
}
