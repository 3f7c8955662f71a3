//! Proofs of RFC 6962 / RFC 9162: that an entry is in the tree, and that the tree only grew.
//!
//! They are made in O(log n) from the stored complete subtrees; `nodes` answers for level and index.

use thiserror::Error;

use super::{
    entry::Digest,
    tree::{Edge, empty_root, join, node_hash},
};

/// Why a proof cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProofError {
    /// The tree has no such leaf, or was never that large.
    #[error("{wanted} lies beyond a tree of {size} leaves")]
    Beyond {
        /// The leaf or the size asked for.
        wanted: u64,
        /// The size of the tree.
        size: u64,
    },
    /// A stored node is not there.
    #[error("the stored tree lacks the node at level {level}, index {index}")]
    Missing {
        /// The level of the node.
        level: u8,
        /// The index of the node.
        index: u64,
    },
}

/// The root of the first `size` leaves.
pub fn root_at(size: u64, nodes: impl Fn(u8, u64) -> Option<Digest>) -> Result<Digest, ProofError> {
    range_root(0, size, &nodes)
}

/// The hashes that lead from leaf `index` to the root of a tree of `size` leaves.
pub fn inclusion(index: u64, size: u64, nodes: impl Fn(u8, u64) -> Option<Digest>) -> Result<Vec<Digest>, ProofError> {
    if index >= size {
        return Err(ProofError::Beyond { wanted: index, size });
    }
    let (mut start, mut width, mut path) = (0, size, Vec::new());
    while width > 1 {
        let left = left_width(width);
        if index - start < left {
            path.push(range_root(start + left, width - left, &nodes)?);
            width = left;
        } else {
            path.push(range_root(start, left, &nodes)?);
            start += left;
            width -= left;
        }
    }
    path.reverse();
    Ok(path)
}

/// The hashes that show that the tree of `from` leaves is the beginning of the tree of `to` leaves.
pub fn consistency(from: u64, to: u64, nodes: impl Fn(u8, u64) -> Option<Digest>) -> Result<Vec<Digest>, ProofError> {
    if from > to {
        return Err(ProofError::Beyond { wanted: from, size: to });
    }
    if from == 0 {
        return Ok(Vec::new());
    }
    let (mut start, mut width, mut path) = (0, to, Vec::new());
    while start + width != from {
        let left = left_width(width);
        if from <= start + left {
            path.push(range_root(start + left, width - left, &nodes)?);
            width = left;
        } else {
            path.push(range_root(start, left, &nodes)?);
            start += left;
            width -= left;
        }
    }
    if start > 0 {
        path.push(range_root(start, width, &nodes)?);
    }
    path.reverse();
    Ok(path)
}

/// Whether `proof` leads from `leaf`, at `index`, to the `root` of a tree of `size` leaves.
#[must_use]
pub fn verify_inclusion(leaf: &Digest, index: u64, size: u64, proof: &[Digest], root: &Digest) -> bool {
    if index >= size {
        return false;
    }
    let (mut climb, mut hash) = (Climb { at: index, last: size - 1 }, *leaf);
    for sibling in proof {
        match climb.step() {
            Some(Side::Left) => hash = node_hash(sibling, &hash),
            Some(Side::Right) => hash = node_hash(&hash, sibling),
            None => return false,
        }
    }
    climb.last == 0 && hash == *root
}

/// Whether `proof` shows that the tree `from` (size, root) is the beginning of the tree `to` (size, root).
#[must_use]
pub fn verify_consistency(from: (u64, &Digest), to: (u64, &Digest), proof: &[Digest]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (from, to);
    if old_size == 0 {
        return proof.is_empty() && *old_root == empty_root() && (new_size > 0 || new_root == old_root);
    }
    if old_size >= new_size {
        return old_size == new_size && proof.is_empty() && old_root == new_root;
    }
    let shared = (old_size - 1).trailing_ones();
    let mut climb = Climb { at: (old_size - 1) >> shared, last: (new_size - 1) >> shared };
    let (seed, rest) = match proof.split_first() {
        _ if old_size.is_power_of_two() => (old_root, proof),
        Some((first, rest)) => (first, rest),
        None => return false,
    };
    let (mut old, mut new) = (*seed, *seed);
    for sibling in rest {
        match climb.step() {
            Some(Side::Left) => {
                old = node_hash(sibling, &old);
                new = node_hash(sibling, &new);
            }
            Some(Side::Right) => new = node_hash(&new, sibling),
            None => return false,
        }
    }
    climb.last == 0 && old == *old_root && new == *new_root
}

/// On which side of the way up each hash of an inclusion proof stands, from leaf `index` to the root of `size` leaves.
pub fn sides(index: u64, size: u64) -> Vec<Side> {
    let mut climb = Climb { at: index, last: size.saturating_sub(1) };
    if index >= size { Vec::new() } else { std::iter::from_fn(|| climb.step()).collect() }
}

/// Where the sibling of a node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Its hash goes before the node's.
    Left,
    /// Its hash goes after the node's.
    Right,
}

/// The way up from a node to the root; `last` is the last node of the same level.
struct Climb {
    at: u64,
    last: u64,
}

impl Climb {
    fn step(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.at % 2 == 1 || self.at == self.last { Side::Left } else { Side::Right };
        if matches!(side, Side::Left) {
            let skipped = self.at.trailing_zeros(); // levels at which the last node has no sibling
            self.at >>= skipped;
            self.last >>= skipped;
        }
        self.at >>= 1;
        self.last >>= 1;
        Some(side)
    }
}

/// The largest power of two below `width`, which is at least 2.
fn left_width(width: u64) -> u64 {
    1 << (width - 1).ilog2()
}

/// The root of `width` leaves from `start`, where `start` is a multiple of every subtree in it.
fn range_root(start: u64, width: u64, nodes: &impl Fn(u8, u64) -> Option<Digest>) -> Result<Digest, ProofError> {
    let addresses = Edge::addresses(width).into_iter().map(|(level, index)| (level, (start >> level) + index));
    let hashes: Result<Vec<_>, _> =
        addresses.map(|(level, index)| nodes(level, index).ok_or(ProofError::Missing { level, index })).collect();
    Ok(join(hashes?.into_iter()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use crate::audit::tree::leaf_hash;
    use std::collections::HashMap;

    const SIZES: u64 = 70;

    struct Grown {
        leaves: Vec<Digest>,
        roots: Vec<Digest>,
        nodes: HashMap<(u8, u64), Digest>,
    }

    fn grown() -> Grown {
        let (mut edge, mut nodes) = (Edge::empty(), HashMap::new());
        let leaves: Vec<Digest> = (0..SIZES).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let mut roots = vec![edge.root()];
        for leaf in &leaves {
            nodes.extend(edge.push(*leaf).into_iter().map(|node| ((node.level, node.index), node.hash)));
            roots.push(edge.root());
        }
        Grown { leaves, roots, nodes }
    }

    /// Every proof that differs from `proof` by one changed, dropped, added or swapped hash.
    fn tampered(proof: &[Digest]) -> Vec<Vec<Digest>> {
        let mut all = vec![[proof, &[[9; 32]]].concat(), [&[[9; 32]], proof].concat()];
        for place in 0..proof.len() {
            let mut changed = proof.to_vec();
            changed[place][31] ^= 1;
            let mut dropped = proof.to_vec();
            dropped.remove(place);
            let mut swapped = proof.to_vec();
            swapped.swap(place, (place + 1) % proof.len());
            all.extend([changed, dropped].into_iter().chain((proof.len() > 1).then_some(swapped)));
        }
        all
    }

    #[test]
    fn every_leaf_of_every_size_is_proven_and_no_tampered_proof_passes() {
        let Grown { leaves, roots, nodes } = grown();
        let stored = |level, index| nodes.get(&(level, index)).copied();
        for size in 1..=SIZES {
            let root = &roots[usize::try_from(size).unwrap()];
            assert_eq!(root_at(size, stored).as_ref(), Ok(root));
            for (index, leaf) in (0..size).zip(&leaves) {
                let proof = inclusion(index, size, stored).unwrap();
                assert_eq!(sides(index, size).len(), proof.len());
                assert!(verify_inclusion(leaf, index, size, &proof, root), "{index} of {size}");
                assert!(!verify_inclusion(&[0; 32], index, size, &proof, root));
                assert!(!verify_inclusion(leaf, index, size, &proof, &[0; 32]));
                assert!((0..=size).all(|other| other == index || !verify_inclusion(leaf, other, size, &proof, root)));
                assert!(tampered(&proof).iter().all(|bad| !verify_inclusion(leaf, index, size, bad, root)));
            }
        }
        assert_eq!(inclusion(5, 5, stored), Err(ProofError::Beyond { wanted: 5, size: 5 }));
        assert_eq!(inclusion(0, 2, |_, _| None), Err(ProofError::Missing { level: 0, index: 1 }));
    }

    #[test]
    fn every_growth_is_proven_and_no_tampered_proof_passes() {
        let Grown { roots, nodes, .. } = grown();
        let stored = |level, index| nodes.get(&(level, index)).copied();
        for (to, new) in (0..).zip(&roots) {
            for (from, old) in (0..=to).zip(&roots) {
                let proof = consistency(from, to, stored).unwrap();
                assert!(verify_consistency((from, old), (to, new), &proof), "{from} to {to}");
                assert!(!verify_consistency((from, &[0; 32]), (to, new), &proof));
                assert!(from == 0 || !verify_consistency((from, old), (to, &[0; 32]), &proof));
                assert!(tampered(&proof).iter().all(|bad| !verify_consistency((from, old), (to, new), bad)));
            }
        }
        assert_eq!(consistency(3, 2, stored), Err(ProofError::Beyond { wanted: 3, size: 2 }));
    }
}
