//! Picking nodes out of the tree while its leaves go by.

use std::collections::{BTreeSet, HashMap};

use super::spans::Span;
use crate::merkle::{Hash, node_hash};

/// Nodes of one tree, by the leaves below them.
pub type Nodes = HashMap<Span, Hash>;

/// A tree that grows from the left and keeps the nodes that are wanted; besides them, at most 64 hashes.
#[derive(Debug)]
pub(super) struct Harvest {
    wanted: BTreeSet<Span>,
    picked: Nodes,
    size: u64,
    /// The roots of the perfect subtrees that cover the leaves, largest first.
    peaks: Vec<(Span, Hash)>,
}

impl Harvest {
    pub(super) fn of(wanted: impl IntoIterator<Item = Span>) -> Self {
        Self { wanted: wanted.into_iter().collect(), picked: Nodes::new(), size: 0, peaks: Vec::new() }
    }

    /// Whether a wanted node lies below the node over the next leaves: then they have to come one by one.
    pub(super) fn wants_below(&self, leaves: u64) -> bool {
        let (start, end) = (self.size, self.size + leaves);
        let from = Span { start, end: start };
        self.wanted.range(from..).take_while(|span| span.start < end).any(|span| span.leaves() < leaves)
    }

    pub(super) fn append(&mut self, leaf: Hash) {
        self.append_perfect(1, leaf);
    }

    /// Adds the root of the next leaves, as many as a power of two that the size is a multiple of.
    pub(super) fn append_perfect(&mut self, leaves: u64, root: Hash) {
        let (mut span, mut hash) = (Span { start: self.size, end: self.size + leaves }, root);
        self.size = span.end;
        self.meet(span, hash);
        while let Some((left, left_hash)) = self.peaks.pop_if(|(left, _)| left.leaves() == span.leaves()) {
            (span, hash) = (Span { start: left.start, end: span.end }, node_hash(&left_hash, &hash));
            self.meet(span, hash);
        }
        self.peaks.push((span, hash));
    }

    fn meet(&mut self, span: Span, hash: Hash) {
        if self.wanted.contains(&span) {
            self.picked.insert(span, hash);
        }
    }

    /// The nodes found, with those at the right edge of the tree, and the root over all leaves.
    pub(super) fn finish(mut self) -> (Nodes, Option<Hash>) {
        let mut peaks = self.peaks.iter().rev();
        let Some((mut span, mut hash)) = peaks.next().copied() else { return (self.picked, None) };
        for (left, left_hash) in peaks {
            (span, hash) = (Span { start: left.start, end: span.end }, node_hash(left_hash, &hash));
            if self.wanted.contains(&span) {
                self.picked.insert(span, hash);
            }
        }
        (std::mem::take(&mut self.picked), Some(hash))
    }
}
