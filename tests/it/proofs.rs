//! The tree and its proofs against another implementation of RFC 6962, from the registry: roots, inclusion and consistency
//! proofs are the same bytes, and each side takes the other's.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof};
use sha2::Sha256;
use writ::audit::{Digest, Edge, proof, tree};

use crate::support::chance::Chance;
use crate::support::until::times;

/// The same tree twice: theirs, and our stored nodes by level.
struct Both {
    theirs: MemoryBackedTree<Sha256, Vec<u8>>,
    edge: Edge,
    nodes: Vec<Vec<Digest>>,
    roots: Vec<Digest>,
}

fn leaf(seq: u64) -> Vec<u8> {
    format!("entry {seq}").into_bytes()
}

impl Both {
    fn new() -> Both {
        Both {
            theirs: MemoryBackedTree::new(),
            edge: Edge::empty(),
            nodes: Vec::new(),
            roots: vec![tree::empty_root()],
        }
    }

    fn grows(&mut self) {
        let leaf = leaf(self.edge.size());
        for node in self.edge.push(tree::leaf_hash(&leaf)) {
            let level = usize::from(node.level);
            self.nodes.resize(self.nodes.len().max(level + 1), Vec::new());
            self.nodes[level].push(node.hash);
        }
        self.theirs.push(leaf);
        self.roots.push(self.edge.root());
    }

    fn node(&self, level: u8, index: u64) -> Option<Digest> {
        self.nodes.get(usize::from(level))?.get(usize::try_from(index).ok()?).copied()
    }

    fn has_the_same_root(&self) {
        assert_eq!(self.theirs.root().as_bytes().as_slice(), self.edge.root(), "size {}", self.edge.size());
    }

    fn agrees_on_inclusion(&self, index: u64) {
        let (size, root) = (self.edge.size(), self.edge.root());
        let ours = proof::inclusion(index, size, |level, at| self.node(level, at)).unwrap();
        let theirs = self.theirs.prove_inclusion(usize::try_from(index).unwrap());
        assert_eq!(theirs.as_bytes(), ours.as_flattened(), "leaf {index} of {size}");
        assert!(proof::verify_inclusion(&tree::leaf_hash(&leaf(index)), index, size, &ours, &root));
        let ours = InclusionProof::try_from_bytes(ours.concat()).unwrap();
        self.theirs.root().verify_inclusion(&leaf(index), index, &ours).unwrap();
    }

    fn agrees_on_consistency(&self, from: u64) {
        let (size, root) = (self.edge.size(), self.edge.root());
        let old = &self.roots[usize::try_from(from).unwrap()];
        let ours = proof::consistency(from, size, |level, at| self.node(level, at)).unwrap();
        let theirs = self.theirs.prove_consistency(usize::try_from(size - from).unwrap());
        assert_eq!(theirs.as_bytes(), ours.as_flattened(), "from {from} to {size}");
        assert!(proof::verify_consistency((from, old), (size, &root), &ours));
        let old = ct_merkle::RootHash::<Sha256>::new((*old).into(), from);
        self.theirs.root().verify_consistency(&old, &ConsistencyProof::try_from_bytes(ours.concat()).unwrap()).unwrap();
    }
}

#[test]
fn every_tree_up_to_two_thousand_leaves_is_the_one_of_another_implementation() {
    let (mut both, mut chance) = (Both::new(), Chance::of_this_run("proofs"));
    let mut proofs = 0;
    for size in 1..=2_000_u64 {
        both.grows();
        both.has_the_same_root();
        let some = |chance: &mut Chance| [0, size - 1, chance.next() % size, chance.next() % size];
        let all = if size <= 64 { (0..size).collect() } else { some(&mut chance).to_vec() };
        for place in all {
            both.agrees_on_inclusion(place);
            both.agrees_on_consistency(place + 1);
            proofs += 2;
        }
    }
    println!("{proofs} proofs agree, for every size from 1 to 2,000");
}

#[test]
fn larger_trees_are_too() {
    let most = u64::try_from(times("WRIT_TEST_LEAVES", 60_000, 1_000_000)).unwrap();
    let (mut both, mut chance) = (Both::new(), Chance::of_this_run("larger proofs"));
    let mut sizes: Vec<u64> = (0..20).map(|_| 2_000 + chance.next() % (most - 2_000)).chain([most]).collect();
    sizes.sort_unstable();
    for size in &sizes {
        while both.edge.size() < *size {
            both.grows();
        }
        both.has_the_same_root();
        for _ in 0..20 {
            let place = chance.next() % size;
            both.agrees_on_inclusion(place);
            both.agrees_on_consistency(place + 1);
        }
    }
    println!("{} proofs agree, in trees of up to {most} leaves", sizes.len() * 40);
}
