//! The tree over the stored leaf hashes.

use std::collections::BTreeSet;

use sqlx::PgPool;
use thiserror::Error;
use tokio::sync::Mutex;

use super::check::{BadProof, check_consistency, check_inclusion};
use super::harvest::{Harvest, Nodes};
use super::spans::{Span, consistency_spans, inclusion_spans};
use crate::copied::{Malformed, copy};
use crate::merkle::{CompactRange, Hash};

/// Leaves below each of the nodes that are remembered.
const BLOCK: u64 = 1 << 12;

/// Reads nodes of the tree. The first time it reads every leaf hash once; afterwards it remembers the root of each
/// block of 4096 leaves, 8 bytes for 1024 events, and reads only the blocks it has to look into.
#[derive(Debug)]
pub struct Tree {
    pool: PgPool,
    blocks: Mutex<Vec<Hash>>,
}

/// The nodes of a proof cannot be read.
#[derive(Debug, Error)]
pub enum TreeError {
    #[error("PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
    /// The proof is made of the leaf hashes as they are stored, and they do not make the root that was sealed.
    #[error("the stored leaf hashes do not make the root at {size}: {bad}")]
    NotTheTree { size: u64, bad: BadProof },
    #[error("the leaf hash of event {position} is missing or damaged")]
    MissingLeaf { position: u64 },
}

impl Tree {
    pub fn new(pool: PgPool) -> Self {
        Self { pool, blocks: Mutex::new(Vec::new()) }
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The path from each of these events to the root of the tree of this size, and the leaf hashes themselves.
    pub async fn inclusion(&self, positions: &[u64], (size, root): (u64, &Hash)) -> Result<Nodes, TreeError> {
        let leaf = |position: u64| Span { start: position - 1, end: position };
        let paths = positions.iter().flat_map(|position| inclusion_spans(position - 1, size));
        let wanted: BTreeSet<Span> = paths.chain(positions.iter().map(|position| leaf(*position))).collect();
        self.proved(size, &wanted, |nodes| {
            positions.iter().try_for_each(|position| {
                let path = pick(nodes, &inclusion_spans(position - 1, size))?;
                let leaf = pick(nodes, &[leaf(*position)])?[0];
                check_inclusion(&leaf, (position - 1, size), &path, root)
            })
        })
        .await
    }

    /// The proof that one tree is the beginning of another.
    pub async fn consistency(
        &self,
        (older, older_root): (u64, &Hash),
        (newer, newer_root): (u64, &Hash),
    ) -> Result<Vec<Hash>, TreeError> {
        let spans = consistency_spans(older, newer);
        let wanted = spans.iter().copied().collect();
        let nodes = self
            .proved(newer, &wanted, |nodes| {
                check_consistency((older, older_root), (newer, newer_root), &pick(nodes, &spans)?)
            })
            .await?;
        pick(&nodes, &spans).map_err(|bad| TreeError::NotTheTree { size: newer, bad })
    }

    /// Nodes that prove what they should. If they do not, what was remembered may be of a book since restored, so
    /// everything is read once more before the stored leaves are blamed.
    async fn proved(
        &self,
        size: u64,
        wanted: &BTreeSet<Span>,
        check: impl Fn(&Nodes) -> Result<(), BadProof>,
    ) -> Result<Nodes, TreeError> {
        let mut blocks = self.blocks.lock().await;
        let nodes = self.read(size, wanted, &mut blocks).await?;
        if check(&nodes).is_ok() {
            return Ok(nodes);
        }
        blocks.clear();
        let nodes = self.read(size, wanted, &mut blocks).await?;
        match check(&nodes) {
            Ok(()) => Ok(nodes),
            Err(bad) => Err(TreeError::NotTheTree { size, bad }),
        }
    }

    async fn read(
        &self,
        size: u64,
        wanted: &BTreeSet<Span>,
        blocks: &mut Vec<Hash>,
    ) -> Result<Nodes, TreeError> {
        let mut harvest = Harvest::of(wanted.iter().copied());
        let mut start = 0;
        while start < size {
            let known = usize::try_from(start / BLOCK).ok().and_then(|index| blocks.get(index)).copied();
            match known {
                Some(root) if start + BLOCK <= size && !harvest.wants_below(BLOCK) => {
                    harvest.append_perfect(BLOCK, root);
                    start += BLOCK;
                }
                Some(_) => {
                    start = self.leaves(start, (start + BLOCK).min(size), &mut harvest, blocks).await?
                }
                None => start = self.leaves(start, size, &mut harvest, blocks).await?,
            }
        }
        Ok(harvest.finish().0)
    }

    /// Reads leaves one by one, from a block's beginning, and remembers the blocks that get full.
    async fn leaves(
        &self,
        start: u64,
        end: u64,
        harvest: &mut Harvest,
        blocks: &mut Vec<Hash>,
    ) -> Result<u64, TreeError> {
        let query = format!(
            "SELECT position, leaf_hash FROM events WHERE position > {start} AND position <= {end} ORDER BY position"
        );
        let (mut expected, mut block, mut missing) = (start + 1, CompactRange::default(), None);
        copy(&self.pool, &query, |mut row| {
            let mut read = || Ok((row.count("position")?, row.hash("leaf_hash")?));
            let leaf = match read() {
                Ok((position, leaf)) if position == expected => leaf,
                Ok(_) | Err(Malformed(_)) => {
                    missing.get_or_insert(expected);
                    return;
                }
            };
            expected += 1;
            harvest.append(leaf);
            block.append(leaf);
            if block.size() == BLOCK {
                let full = std::mem::take(&mut block);
                if u64::try_from(blocks.len()) == Ok((expected - 2) / BLOCK) {
                    blocks.push(full.root());
                }
            }
        })
        .await?;
        match missing.or((expected <= end).then_some(expected)) {
            Some(position) => Err(TreeError::MissingLeaf { position }),
            None => Ok(end),
        }
    }
}

/// The hashes of nodes, in their order.
pub fn pick(nodes: &Nodes, spans: &[Span]) -> Result<Vec<Hash>, BadProof> {
    spans.iter().map(|span| nodes.get(span).copied().ok_or(BadProof::WrongLength)).collect()
}
