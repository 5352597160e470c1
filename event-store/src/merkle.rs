//! The RFC 9162 Merkle tree over the journal, kept as a compact range: only the roots of the perfect subtrees.

use sha2::{Digest, Sha256};
use thiserror::Error;

pub type Hash = [u8; 32];

/// The roots of the perfect subtrees that cover leaves `0..size`, largest first: at most 64 hashes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompactRange {
    size: u64,
    peaks: Vec<Hash>,
}

/// The stored frontier does not fit the stored size: the head row was altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a tree of {size} leaves has {expected} peaks, the stored frontier is {bytes} bytes")]
pub struct FrontierMismatch {
    pub size: u64,
    pub expected: u32,
    pub bytes: usize,
}

impl CompactRange {
    /// Reads a range back from `book_head`.
    pub fn from_frontier(size: u64, frontier: &[u8]) -> Result<Self, FrontierMismatch> {
        let (peaks, rest) = frontier.as_chunks::<32>();
        let expected = size.count_ones();
        if !rest.is_empty() || peaks.len() != expected as usize {
            return Err(FrontierMismatch { size, expected, bytes: frontier.len() });
        }
        Ok(Self { size, peaks: peaks.to_vec() })
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// The bytes `book_head.frontier` holds: the peaks one after the other, largest subtree first.
    pub fn frontier(&self) -> Vec<u8> {
        self.peaks.concat()
    }

    /// Adds one leaf.
    pub fn append(&mut self, leaf: Hash) {
        self.append_subtree(0, leaf);
    }

    /// Adds the root of the next `2^height` leaves, where that many fit: the size is a multiple of `2^height`.
    ///
    /// Each trailing one bit of the size, from that height on, is a pair of equal subtrees that now merges.
    pub fn append_subtree(&mut self, height: u32, root: Hash) {
        assert!(self.size.trailing_zeros() >= height, "a subtree begins at a multiple of its size");
        let mut node = root;
        for _ in 0..(self.size >> height).trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1 << height;
    }

    /// Adds leaves that were hashed apart, beginning at a multiple of the size of their largest perfect subtree.
    pub fn append_range(&mut self, next: &Self) {
        let mut size = next.size;
        for peak in &next.peaks {
            let height = size.ilog2();
            self.append_subtree(height, *peak);
            size -= 1 << height;
        }
    }

    /// The Merkle tree hash of RFC 9162, section 2.1.1; of the empty tree, the hash of nothing.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => Sha256::digest(b"").into(),
            Some(smallest) => peaks.fold(*smallest, |right, left| node_hash(left, &right)),
        }
    }
}

/// `SHA-256(0x01 ‖ left ‖ right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0x01]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition in RFC 9162, word for word: split at the largest power of two below n.
    fn by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest(b"").into(),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node_hash(&by_definition(&leaves[..split]), &by_definition(&leaves[split..]))
            }
        }
    }

    proptest! {
        #[test]
        fn the_compact_range_gives_the_root_of_the_definition(leaves in prop::collection::vec(any::<Hash>(), 0..70)) {
            let mut range = CompactRange::default();
            for leaf in &leaves {
                range.append(*leaf);
                let read_back = CompactRange::from_frontier(range.size(), &range.frontier()).unwrap();
                prop_assert_eq!(&read_back, &range);
            }
            prop_assert_eq!(range.root(), by_definition(&leaves));
        }
    }

    proptest! {
        #[test]
        fn blocks_hashed_apart_give_the_same_tree(leaves in prop::collection::vec(any::<Hash>(), 0..70)) {
            let (mut by_leaf, mut by_block) = (CompactRange::default(), CompactRange::default());
            for block in leaves.chunks(8) {
                let mut apart = CompactRange::default();
                for leaf in block {
                    by_leaf.append(*leaf);
                    apart.append(*leaf);
                }
                by_block.append_range(&apart);
                prop_assert_eq!(&by_block, &by_leaf);
            }
        }
    }

    #[test]
    fn a_frontier_that_does_not_fit_its_size_is_refused() {
        assert!(CompactRange::from_frontier(3, &[0; 32]).is_err());
        assert!(CompactRange::from_frontier(1, &[0; 33]).is_err());
    }
}
