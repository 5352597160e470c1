//! Checking a proof, as RFC 9162 says, sections 2.1.3.2 and 2.1.4.2.

use thiserror::Error;

use crate::merkle::{Hash, node_hash};

/// A proof that proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadProof {
    #[error("leaf {index} cannot be in a tree of {size}")]
    OutsideTheTree { index: u64, size: u64 },
    #[error("a tree of {older} leaves cannot be the beginning of one of {newer}")]
    NotABeginning { older: u64, newer: u64 },
    #[error("the proof has not as many hashes as it needs")]
    WrongLength,
    #[error("the hashes do not lead to the root")]
    AnotherRoot,
}

/// Whether a leaf is at this place, counted from 0, in the tree of this size and root.
pub fn check_inclusion(
    leaf: &Hash,
    (index, size): (u64, u64),
    path: &[Hash],
    root: &Hash,
) -> Result<(), BadProof> {
    if index >= size {
        return Err(BadProof::OutsideTheTree { index, size });
    }
    let mut way = Way { node: index, last: size - 1 };
    let mut hash = *leaf;
    for sibling in path {
        hash = match way.up()? {
            Sibling::Left => node_hash(sibling, &hash),
            Sibling::Right => node_hash(&hash, sibling),
        };
    }
    way.end()?;
    if hash == *root { Ok(()) } else { Err(BadProof::AnotherRoot) }
}

/// Whether the older tree is the beginning of the newer one.
pub fn check_consistency(
    (older, older_root): (u64, &Hash),
    (newer, newer_root): (u64, &Hash),
    proof: &[Hash],
) -> Result<(), BadProof> {
    if older > newer {
        return Err(BadProof::NotABeginning { older, newer });
    }
    if older == newer || older == 0 {
        let same = older == 0 || older_root == newer_root;
        return match (proof.is_empty(), same) {
            (false, _) => Err(BadProof::WrongLength),
            (true, false) => Err(BadProof::AnotherRoot),
            (true, true) => Ok(()),
        };
    }
    // A tree that is one perfect node is itself where the proof begins.
    let (first, rest) = if older.is_power_of_two() {
        (older_root, proof)
    } else {
        proof.split_first().ok_or(BadProof::WrongLength)?
    };
    let mut way = Way { node: older - 1, last: newer - 1 };
    let height = way.node.trailing_ones();
    way = Way { node: way.node >> height, last: way.last >> height };
    let (mut of_older, mut of_newer) = (*first, *first);
    for hash in rest {
        match way.up()? {
            Sibling::Left => {
                of_older = node_hash(hash, &of_older);
                of_newer = node_hash(hash, &of_newer);
            }
            Sibling::Right => of_newer = node_hash(&of_newer, hash),
        }
    }
    way.end()?;
    if of_older == *older_root && of_newer == *newer_root { Ok(()) } else { Err(BadProof::AnotherRoot) }
}

/// The way from a node to the root.
struct Way {
    node: u64,
    /// The last node of the same level.
    last: u64,
}

enum Sibling {
    Left,
    Right,
}

impl Way {
    /// Goes up to where there is a sibling, and past it. A last node without a sibling stays what it is.
    fn up(&mut self) -> Result<Sibling, BadProof> {
        if self.last == 0 {
            return Err(BadProof::WrongLength);
        }
        let sibling = if self.node & 1 == 1 || self.node == self.last {
            let alone = if self.node & 1 == 1 { 0 } else { self.node.trailing_zeros() };
            self.climb(alone);
            Sibling::Left
        } else {
            Sibling::Right
        };
        self.climb(1);
        Ok(sibling)
    }

    fn climb(&mut self, levels: u32) {
        self.node >>= levels;
        self.last >>= levels;
    }

    fn end(&self) -> Result<(), BadProof> {
        if self.last == 0 { Ok(()) } else { Err(BadProof::WrongLength) }
    }
}
