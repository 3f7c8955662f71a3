//! The Merkle tree of RFC 6962 over the entry bytes, grown at its right edge.

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::entry::Digest;

/// The hash of a leaf: SHA-256 over `0x00` and the entry bytes.
pub fn leaf_hash(entry_bytes: &[u8]) -> Digest {
    Sha256::new().chain_update([0]).chain_update(entry_bytes).finalize().into()
}

/// The hash of an inner node: SHA-256 over `0x01`, the left and the right child.
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of a tree without leaves: SHA-256 over nothing.
pub fn empty_root() -> Digest {
    Sha256::digest(b"").into()
}

/// The root of trees that stand side by side, largest first, as the roots of one tree's complete subtrees do.
pub(super) fn join(subtrees: impl DoubleEndedIterator<Item = Digest>) -> Digest {
    subtrees.rev().reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
}

/// A complete subtree: `2^level` leaves, the `index`-th of its size counted from the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// 0 for a leaf.
    pub level: u8,
    /// Counted from 0, from the left, among the nodes of this level.
    pub index: u64,
    /// The root of the subtree.
    pub hash: Digest,
}

/// The sequence number of the leaf that completes a node, if a log could ever be that long.
pub fn completing_leaf(level: u8, index: u64) -> Option<u64> {
    let width = 1u64.checked_shl(level.into())?;
    index.checked_add(1)?.checked_mul(width)?.checked_sub(1)
}

/// How many complete subtrees a tree of `size` leaves has, leaves included.
pub fn node_count(size: u64) -> u64 {
    size.saturating_mul(2).saturating_sub(size.count_ones().into())
}

/// Why hashes do not make an edge.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TreeError {
    /// The number of hashes does not fit the size.
    #[error("a tree of {size} leaves has {expected} subtrees at its right edge, not {found}")]
    WrongCount {
        /// The leaves of the tree.
        size: u64,
        /// The subtrees it must have.
        expected: usize,
        /// The hashes that were given.
        found: usize,
    },
}

/// The right edge: the roots of the complete subtrees, largest first, that make up a tree of `size` leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    subtrees: Vec<(u8, Digest)>,
}

impl Default for Edge {
    fn default() -> Edge {
        Edge::empty()
    }
}

impl Edge {
    /// The edge of a tree without leaves.
    pub fn empty() -> Edge {
        Edge { size: 0, subtrees: Vec::new() }
    }

    /// The edge of a stored tree, from the hashes at [`Edge::addresses`], largest first.
    pub fn from_parts(size: u64, hashes: Vec<Digest>) -> Result<Edge, TreeError> {
        let addresses = Edge::addresses(size);
        if addresses.len() != hashes.len() {
            return Err(TreeError::WrongCount { size, expected: addresses.len(), found: hashes.len() });
        }
        let subtrees = addresses.into_iter().zip(hashes).map(|((level, _), hash)| (level, hash)).collect();
        Ok(Edge { size, subtrees })
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf and returns every subtree it completed, the leaf itself first, then upwards.
    pub fn push(&mut self, leaf: Digest) -> Vec<Node> {
        let mut completed = Vec::new();
        self.add(leaf, |node| completed.push(node));
        completed
    }

    /// Adds a leaf and tells of every subtree it completed, the leaf itself first, then upwards.
    pub fn add(&mut self, leaf: Digest, mut completed: impl FnMut(Node)) {
        let mut node = Node { level: 0, index: self.size, hash: leaf };
        completed(node);
        while let Some((_, left)) = self.subtrees.pop_if(|(level, _)| *level == node.level) {
            node = Node { level: node.level + 1, index: node.index / 2, hash: node_hash(&left, &node.hash) };
            completed(node);
        }
        self.subtrees.push((node.level, node.hash));
        self.size = self.size.saturating_add(1);
    }

    /// The root of the whole tree.
    pub fn root(&self) -> Digest {
        join(self.subtrees.iter().map(|(_, hash)| *hash))
    }

    /// Level and index of each node of the edge of a tree of `size` leaves, largest first, so a store can load them.
    pub fn addresses(size: u64) -> Vec<(u8, u64)> {
        let levels = (0u8..64).rev().map(|level| (level, size >> level));
        levels.filter(|(_, count)| count % 2 == 1).map(|(level, count)| (level, count - 1)).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use std::collections::HashMap;

    /// The definition of RFC 6962 §2.1, word by word.
    fn root_from_scratch(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                node_hash(&root_from_scratch(left), &root_from_scratch(right))
            }
        }
    }

    #[test]
    fn pushing_leaf_by_leaf_gives_the_root_of_the_rfc() {
        let leaves: Vec<Digest> = (0..200u32).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let (mut edge, mut stored) = (Edge::empty(), HashMap::new());
        for (size, leaf) in (0u64..).zip(&leaves) {
            assert_eq!(edge.root(), root_from_scratch(&leaves[..usize::try_from(size).unwrap()]));
            let hashes = Edge::addresses(size).iter().map(|address| stored[address]).collect();
            assert_eq!(Edge::from_parts(size, hashes), Ok(edge.clone()), "a loaded edge is the one that was grown");
            assert_eq!(u64::try_from(stored.len()).unwrap(), node_count(size));
            for node in edge.push(*leaf) {
                assert_eq!(completing_leaf(node.level, node.index), Some(size));
                assert_eq!(stored.insert((node.level, node.index), node.hash), None);
            }
        }
    }

    #[test]
    fn known_answers_of_certificate_transparency() {
        let inputs =
            ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        let mut edge = Edge::empty();
        assert_eq!(hex::encode(edge.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        for input in inputs {
            edge.push(leaf_hash(&hex::decode(input).unwrap()));
        }
        assert_eq!(hex::encode(edge.root()), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }

    #[test]
    fn an_edge_needs_as_many_hashes_as_its_size_has_bits() {
        let wrong = TreeError::WrongCount { size: 6, expected: 2, found: 1 };
        assert_eq!(Edge::from_parts(6, vec![[0; 32]]), Err(wrong));
        assert_eq!(completing_leaf(64, 0), None);
        assert_eq!(completing_leaf(3, u64::MAX), None);
    }
}
