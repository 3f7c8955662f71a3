//! The log's format as an outsider sees it: golden bytes, and in `tamper` every edit found where it was made.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod tables;
mod tamper;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;
use writ::audit::{proof, tree::leaf_hash, *};

// --- golden: made by a second implementation, in another language ---

#[test]
fn version_1_bytes_are_those_of_the_golden_file() {
    let golden: Value = serde_json::from_str(include_str!("../golden/audit-v1.json")).unwrap();
    let digest = |value: &Value| Digest::try_from(hex::decode(value.as_str().unwrap()).unwrap()).unwrap();
    let digests = |value: &Value| value.as_array().unwrap().iter().map(digest).collect::<Vec<_>>();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let payload =
        |value: &Value| commit(&digest(&value["salt"]), &hex::decode(value["payload"].as_str().unwrap()).unwrap());

    let (roots, mut edge, mut nodes) = (digests(&golden["roots"]), Edge::empty(), BTreeMap::new());
    for (row, root) in golden["entries"].as_array().unwrap().iter().zip(&roots) {
        let entry = Entry {
            seq: row["seq"].as_u64().unwrap(),
            at_micros: row["at_micros"].as_i64().unwrap(),
            actor: text(&row["actor"]),
            kind: text(&row["kind"]),
            case: row["case"].as_str().map(str::to_owned),
            process: payload(&row["process"]),
            personal: payload(&row["personal"]),
        };
        let bytes = hex::decode(row["bytes"].as_str().unwrap()).unwrap();
        assert_eq!((entry.encode().as_ref(), Entry::decode(&bytes).as_ref()), (Ok(&bytes), Ok(&entry)));
        assert_eq!((leaf_hash(&bytes), edge.root()), (digest(&row["leaf"]), *root));
        nodes.extend(edge.push(leaf_hash(&bytes)).into_iter().map(|node| ((node.level, node.index), node.hash)));
    }
    assert_eq!(Some(&edge.root()), roots.last());

    let stored = |level, index| nodes.get(&(level, index)).copied();
    assert_eq!(proof::inclusion(4, 7, stored), Ok(digests(&golden["inclusion"]["proof"])));
    assert_eq!(proof::consistency(3, 7, stored), Ok(digests(&golden["consistency"]["proof"])));

    let key = SigningKey::from_seed(&text(&golden["key_name"]), &digest(&golden["seed"])).unwrap();
    assert_eq!(key.verifier().to_string(), text(&golden["verifier_key"]));
    assert_eq!(key.sign(&text(&golden["origin"]), 7, &edge.root()), Ok(text(&golden["checkpoint"])));
    let known = VerifierKey::parse(&text(&golden["verifier_key"])).unwrap();
    let trust = Trust { origin: text(&golden["origin"]), keys: vec![known.into()] };
    let read = KeyChain::new(&trust, &[]).unwrap().open(&text(&golden["checkpoint"])).unwrap();
    assert_eq!((read.origin, read.size, read.root), (text(&golden["origin"]), 7, edge.root()));
}

proptest! {
    #[test]
    fn an_entry_comes_back_as_it_was_written(
        seq: u64, at_micros: i64, actor in ".{1,20}", kind in ".{1,20}", case in proptest::option::of(".{1,20}"),
        process: Digest, personal: Digest,
    ) {
        let entry = Entry { seq, at_micros, actor, kind, case, process, personal };
        prop_assert_eq!(Entry::decode(&entry.encode().unwrap()), Ok(entry));
    }

    #[test]
    fn no_bytes_make_the_reader_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(entry) = Entry::decode(&bytes) {
            prop_assert_eq!(entry.encode().unwrap(), bytes);
        }
    }
}
