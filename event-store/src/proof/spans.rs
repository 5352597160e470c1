//! Which nodes of the tree a proof consists of.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use thiserror::Error;

/// A node of the tree, by the leaves below it: from `start` up to, and without, `end`, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: u64,
    pub end: u64,
}

impl Span {
    pub(super) fn leaves(self) -> u64 {
        self.end - self.start
    }

    /// The two nodes below; a leaf has none. The left one is the largest power of two that leaves a right one.
    fn halves(self) -> Option<(Self, Self)> {
        let leaves = self.leaves();
        if leaves < 2 {
            return None;
        }
        let middle = self.start + (1 << (leaves - 1).ilog2());
        Some((Self { start: self.start, end: middle }, Self { start: middle, end: self.end }))
    }
}

/// As positions: `1-1024` is the node over the first 1024 events, `7` the leaf of event 7.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.leaves() {
            1 => write!(f, "{}", self.end),
            _ => write!(f, "{}-{}", self.start + 1, self.end),
        }
    }
}

/// A text that names no node.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a node is named by its positions, such as 1-1024 or 7")]
pub struct InvalidSpan;

impl From<ParseIntError> for InvalidSpan {
    fn from(_: ParseIntError) -> Self {
        Self
    }
}

impl FromStr for Span {
    type Err = InvalidSpan;

    fn from_str(text: &str) -> Result<Self, InvalidSpan> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last): (u64, u64) = (first.parse()?, last.parse()?);
        let start = first.checked_sub(1).ok_or(InvalidSpan)?;
        if last < first { Err(InvalidSpan) } else { Ok(Self { start, end: last }) }
    }
}

/// `PATH(index, D[size])`: the siblings on the way from a leaf to the root, from the leaf on.
pub fn inclusion_spans(index: u64, size: u64) -> Vec<Span> {
    let mut path = Vec::new();
    let mut node = Span { start: 0, end: size };
    while let Some((left, right)) = node.halves() {
        let (towards, sibling) = if index < left.end { (left, right) } else { (right, left) };
        path.push(sibling);
        node = towards;
    }
    path.reverse();
    path
}

/// `PROOF(older, D[newer])`: the nodes that make up the older tree, and those that complete it to the newer one.
/// None if there is nothing to prove: the trees are the same, or the older one is empty.
pub fn consistency_spans(older: u64, newer: u64) -> Vec<Span> {
    if older == 0 || older >= newer {
        return Vec::new();
    }
    let mut proof = Vec::new();
    let mut node = Span { start: 0, end: newer };
    while node.end != older {
        let Some((left, right)) = node.halves() else { break };
        let (towards, other) = if older <= left.end { (left, right) } else { (right, left) };
        proof.push(other);
        node = towards;
    }
    // The node that ends the older tree; known to the checker if it is the whole older tree.
    if node.start > 0 {
        proof.push(node);
    }
    proof.reverse();
    proof
}
