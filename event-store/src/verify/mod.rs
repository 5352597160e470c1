//! Verification of the whole journal: that it is complete, and still what was recorded.
//!
//! Owns reading every stored byte once and saying what is not as it must be. Must never repair, stop at the first
//! finding, or need a book that can be opened. Memory is bounded, whatever the length of the journal.

mod block;
mod commands;
mod opening;
mod report;
mod seals;
mod sequences;
mod snapshots;

use std::collections::BTreeMap;
use std::hash::RandomState;
use std::thread::available_parallelism;

use futures::{StreamExt, TryStreamExt, stream};
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use tokio_util::task::AbortOnDropHandle;

pub use report::{Check, Compared, Finding, Findings, Outcome, Report};

use crate::merkle::{CompactRange, Hash};
use crate::schema;
use crate::seal::PublicKey;
use crate::settings::StoreError;
use block::{Block, Checked, Shared};
use commands::Caused;
use opening::{Head, Opening};
use report::Found;
use seals::Seals;
use sequences::Sequences;
use snapshots::Followed;

/// What to verify: everything, unless narrowed.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The first position to check in full.
    pub from: Option<u64>,
    /// The last one.
    pub to: Option<u64>,
    /// Seals that were kept elsewhere, as signed notes; those in the book are always compared.
    pub seals: Vec<String>,
    /// Keys that seals have to be signed with. If there are none, each seal's key is the one the book keeps with it,
    /// which proves nothing against someone who can write the book.
    pub keys: Vec<PublicKey>,
    /// What is wrong with places that should have held seals kept elsewhere: if the book has seals, so had they.
    pub missing: Vec<String>,
    /// Bytes of snapshots that are held against the journal as it goes by, unless the usual; the streams of others
    /// are replayed one by one.
    pub room: Option<u64>,
}

/// How far a verification is, in leaves.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    pub done: u64,
    pub total: u64,
}

/// Reads the book and reports. An error means that it could not be read, not that something is wrong with it.
///
/// Appends may go on: what is recorded after the beginning is left for the next time. The root is always that of the
/// whole journal, over the stored leaf hashes; in the scope these are checked against the stored bytes.
pub async fn verify(
    connect: &PgConnectOptions,
    schema: &str,
    scope: &Scope,
    progress: impl Fn(Progress),
) -> Result<Report, StoreError> {
    let parallel = available_parallelism().map_or(2, usize::from).max(2);
    let pool = reading_pool(connect, schema, parallel).await?;
    let mut found = Found::default();
    opening::check_guards(&pool, &mut found).await?;
    let hasher = RandomState::new();
    let mut followed = Followed::new(&hasher, scope.room);
    if scope.from.is_none_or(|from| from <= 1) && scope.to.is_none() {
        followed = snapshots::read(&pool, parallel, followed, &mut found).await?;
    }
    let opening = Opening::read(&pool, &mut found).await?;
    let end = opening.head.as_ref().map_or(opening.last, |head| head.position);
    let in_full = (scope.from.unwrap_or(1).max(1), scope.to.unwrap_or(end).min(end));
    let seals = Seals::read(&pool, scope, end, &mut found).await?;
    let caused = AbortOnDropHandle::new(tokio::spawn(Caused::read(pool.clone(), in_full, hasher.clone())));
    let shared = Shared { in_full, wanted: followed.wanted(), hasher };
    let mut whole = Whole { found, ..Whole::new(followed) };
    let mut blocks = stream::iter(blocks(end, seals.sizes(), &shared))
        .map(|block| in_its_own_task(block, pool.clone()))
        .buffered(parallel);
    while let Some(checked) = blocks.try_next().await? {
        let done = whole.take(checked);
        whole.sequences.look_up(&pool, false, &mut whole.found).await?;
        progress(Progress { done, total: end });
    }
    whole.sequences.look_up(&pool, true, &mut whole.found).await?;
    let caused = caused.await.map_err(|error| StoreError::Corrupt(error.to_string()))??;
    let causes = (whole.causes, whole.events);
    caused.compare(causes, &pool, in_full, &mut whole.found).await?;
    let compared = seals.compare(&whole.roots, &mut whole.found);
    Ok(whole.report(opening.head.as_ref(), in_full, (seals.count(), compared)))
}

/// Connections that read by position. Plans are set, because a filled book may not have been analysed yet.
async fn reading_pool(
    connect: &PgConnectOptions,
    schema: &str,
    parallel: usize,
) -> Result<PgPool, StoreError> {
    let options = connect.clone().options([
        ("enable_seqscan", "off"),
        ("enable_bitmapscan", "off"),
        ("enable_sort", "off"),
        ("jit", "off"),
        ("max_parallel_workers_per_gather", "0"),
    ]);
    // One for each block at work, one for the commands, one for looking up.
    let connections = u32::try_from(parallel + 2).unwrap_or(u32::MAX);
    let pool = schema::pool(&options, schema, connections).await?;
    let provisioned: Option<String> =
        sqlx::query_scalar("SELECT to_regclass('book_head')::text").fetch_one(&pool).await?;
    if provisioned.is_none() {
        return Err(StoreError::NotProvisioned { schema: schema.to_owned() });
    }
    Ok(pool)
}

fn blocks(end: u64, sizes: Vec<u64>, shared: &Shared) -> impl Iterator<Item = Block> {
    (0..end.div_ceil(block::LEAVES)).map(move |index| {
        let first = index * block::LEAVES + 1;
        let last = (first + block::LEAVES - 1).min(end);
        let roots_at = sizes.iter().copied().filter(|size| (first..=last).contains(size)).collect();
        Block { first, last, roots_at, shared: shared.clone() }
    })
}

/// Blocks are checked on all processors, not just at the same time.
async fn in_its_own_task(block: Block, pool: PgPool) -> Result<Checked, StoreError> {
    let task = AbortOnDropHandle::new(tokio::spawn(block.check(pool)));
    Ok(task.await.map_err(|error| StoreError::Corrupt(error.to_string()))??)
}

/// The blocks put together.
struct Whole {
    found: Found,
    /// `None` once a leaf is missing.
    tree: Option<CompactRange>,
    /// The roots at the sizes of seals.
    roots: BTreeMap<u64, Hash>,
    sequences: Sequences,
    followed: Followed,
    causes: u64,
    events: u64,
    done: u64,
}

impl Whole {
    fn new(followed: Followed) -> Self {
        Self {
            found: Found::default(),
            tree: Some(CompactRange::default()),
            roots: BTreeMap::new(),
            sequences: Sequences::new(),
            followed,
            causes: 0,
            events: 0,
            done: 0,
        }
    }

    /// Takes in the next block, and says how many leaves are done.
    fn take(&mut self, block: Checked) -> u64 {
        self.found.join(block.found);
        for (size, part) in &block.trees_at {
            if let Some(mut tree) = self.tree.clone() {
                tree.append_range(part);
                self.roots.insert(*size, tree.root());
            }
        }
        self.tree = match (self.tree.take(), &block.tree) {
            (Some(mut tree), Some(next)) => {
                tree.append_range(next);
                Some(tree)
            }
            (None, _) | (_, None) => None,
        };
        self.sequences.doubt(&block.doubtful);
        for run in block.runs {
            self.sequences.follow(run);
        }
        for step in &block.steps {
            self.followed.step(step, &mut self.found);
        }
        self.causes = self.causes.wrapping_add(block.causes);
        self.events += block.events;
        self.done = block.last;
        self.done
    }

    fn report(
        mut self,
        head: Option<&Head>,
        (from, to): (u64, u64),
        (seals, compared): (usize, Compared),
    ) -> Report {
        let root = self.tree.as_ref().map(CompactRange::root);
        self.followed.end(&mut self.found);
        if let Some(head) = head {
            self.compare_root(head, root);
        }
        let checks = Check::ALL.map(|check| Outcome { check, findings: self.found.of(check) }).into();
        let head = head.map_or(0, |head| head.position);
        Report { from, to, events: self.events, head, root, seals, compared, checks }
    }

    fn compare_root(&mut self, head: &Head, root: Option<Hash>) {
        let position = head.position;
        match (&self.tree, root) {
            (Some(tree), Some(root)) => {
                if root != head.root {
                    let (is, says) = (hex::encode(root), hex::encode(head.root));
                    let detail =
                        format_args!("the leaves up to {position} have the root {is}, the head says {says}");
                    self.found.add(Check::Root, None, detail);
                } else if *tree != head.tree {
                    self.found.add(Check::Root, None, "the head's frontier does not lead to its root");
                }
            }
            (None, _) | (_, None) => {
                self.found.add(Check::Root, None, "leaves are missing, so there is no root to compare");
            }
        }
    }
}
