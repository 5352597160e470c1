//! One block of positions, read and checked by itself, so that several are at once.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use cqrs_es::persist::EventUpcaster;
use serde::Deserialize;
use sqlx::PgPool;
use tallybook_domain::BookEvent;
use tallybook_domain::ledger::{check_balanced, postings};

use super::report::{Check, Found};
use super::sequences::Run;
use super::snapshots::{Step, Wanted};
use crate::canonical::{LeafFields, leaf_hash};
use crate::copied::{CopiedEvent, CopiedRow, EVENT_COLUMNS, Malformed, copy};
use crate::merkle::{CompactRange, Hash};

/// A block begins at a multiple of this many leaves, so that its tree is one node of the whole one.
pub(super) const LEAVES: u64 = 1 << 15;

/// What is to be checked.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) first: u64,
    pub(super) last: u64,
    /// Sizes of the tree, within this block and in order, at which the root is wanted.
    pub(super) roots_at: Vec<u64>,
    pub(super) shared: Shared,
}

/// What is the same for all blocks.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    /// Positions to check in full; of others only the leaf hash is taken, as it is stored.
    pub(super) in_full: (u64, u64),
    /// The events that snapshots are held against.
    pub(super) wanted: Arc<Wanted>,
    /// Keys of one block are those of another.
    pub(super) hasher: RandomState,
}

/// What a block contributes to the whole.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) last: u64,
    pub(super) found: Found,
    /// The block's leaves; `None` if one is missing.
    pub(super) tree: Option<CompactRange>,
    /// The block's leaves up to a size of the whole tree at which the root is wanted.
    pub(super) trees_at: Vec<(u64, CompactRange)>,
    /// Each aggregate's sequences in this block.
    pub(super) runs: Vec<Run>,
    /// Events that do not follow what came before them in this block.
    pub(super) doubtful: Vec<u64>,
    /// Events that snapshots are held against, in their order.
    pub(super) steps: Vec<Step>,
    /// See [`super::commands`].
    pub(super) causes: u64,
    pub(super) events: u64,
}

impl Block {
    pub(super) async fn check(self, pool: PgPool) -> Result<Checked, sqlx::Error> {
        let (first, last) = (self.first, self.last);
        let columns = if self.is_in_full() { EVENT_COLUMNS } else { "position, leaf_hash" };
        let query = format!(
            "SELECT {columns} FROM events WHERE position BETWEEN {first} AND {last} ORDER BY position"
        );
        let mut reading = Reading::of(&self);
        if self.is_in_full() {
            copy(&pool, &query, |row| reading.take(row)).await?;
        } else {
            copy(&pool, &query, |row| reading.take_leaf(row)).await?;
        }
        Ok(reading.end())
    }

    fn is_in_full(&self) -> bool {
        let (first, last) = self.shared.in_full;
        self.first <= last && first <= self.last
    }
}

/// A block as its rows arrive.
struct Reading<'a> {
    block: &'a Block,
    upcasters: Vec<Box<dyn EventUpcaster>>,
    /// The position that has to come next.
    expected: u64,
    roots_at: std::slice::Iter<'a, u64>,
    next_root: Option<u64>,
    runs: HashMap<u64, Run>,
    checked: Checked,
}

/// The part of an event's metadata that says what caused it.
#[derive(Deserialize)]
struct Caused<'a> {
    #[serde(borrow)]
    command_id: Cow<'a, str>,
}

impl<'a> Reading<'a> {
    fn of(block: &'a Block) -> Self {
        let mut roots_at = block.roots_at.iter();
        let next_root = roots_at.next().copied();
        Self {
            block,
            upcasters: tallybook_domain::upcasters(),
            expected: block.first,
            roots_at,
            next_root,
            runs: HashMap::new(),
            checked: Checked {
                last: block.last,
                found: Found::default(),
                tree: Some(CompactRange::default()),
                trees_at: Vec::new(),
                runs: Vec::new(),
                doubtful: Vec::new(),
                steps: Vec::new(),
                causes: 0,
                events: 0,
            },
        }
    }

    /// A row with all columns.
    fn take(&mut self, mut row: CopiedRow<'_>) {
        let Some(position) = self.arrived(&mut row) else { return };
        match CopiedEvent::read(position, row) {
            Ok(event) => {
                let (first, last) = self.block.shared.in_full;
                if first <= position && position <= last {
                    self.check(&event);
                }
                self.leaf(position, event.leaf_hash);
            }
            Err(malformed) => self.malformed(position, malformed),
        }
    }

    /// A row of position and leaf hash.
    fn take_leaf(&mut self, mut row: CopiedRow<'_>) {
        let Some(position) = self.arrived(&mut row) else { return };
        match row.hash("leaf_hash") {
            Ok(leaf) => self.leaf(position, leaf),
            Err(malformed) => self.malformed(position, malformed),
        }
    }

    /// The row's position, if it is the first row that has it.
    fn arrived(&mut self, row: &mut CopiedRow<'_>) -> Option<u64> {
        let position = match row.count("position") {
            Ok(position) => position,
            Err(Malformed(column)) => {
                self.checked.found.add(Check::Positions, None, format_args!("a row has no {column}"));
                return None;
            }
        };
        if position < self.expected {
            self.checked.found.add(Check::Positions, Some(position), "another event has this position too");
            return None;
        }
        self.missing_before(position);
        self.expected = position + 1;
        Some(position)
    }

    fn missing_before(&mut self, position: u64) {
        if self.expected == position {
            return;
        }
        let (first, last) = (self.expected, position - 1);
        if first == last {
            self.checked.found.add(Check::Positions, Some(first), "the event is missing");
        } else {
            let detail = format_args!("the events up to {last} are missing");
            self.checked.found.add(Check::Positions, Some(first), detail);
        }
        self.checked.tree = None;
    }

    fn malformed(&mut self, position: u64, Malformed(column): Malformed) {
        let detail = format_args!("{column} is not what a stored event has there");
        self.checked.found.add(Check::LeafHashes, Some(position), detail);
        self.checked.tree = None;
    }

    fn leaf(&mut self, position: u64, leaf: Hash) {
        let Some(tree) = &mut self.checked.tree else { return };
        tree.append(leaf);
        if self.next_root == Some(position) {
            self.checked.trees_at.push((position, tree.clone()));
            self.next_root = self.roots_at.next().copied();
        }
    }

    fn check(&mut self, event: &CopiedEvent<'_>) {
        let fields = &event.fields;
        self.checked.events += 1;
        if leaf_hash(fields) != event.leaf_hash {
            let detail = "the stored bytes are not those its leaf hash was made of";
            self.checked.found.add(Check::LeafHashes, Some(fields.position), detail);
        }
        let key = self.block.shared.hasher.hash_one((fields.aggregate_type, fields.aggregate_id));
        self.check_payload(key, fields);
        self.note_cause(fields);
        self.follow(key, fields);
    }

    fn check_payload(&mut self, key: u64, fields: &LeafFields<'_>) {
        let (of, kind, version) = (fields.aggregate_type, fields.event_type, fields.event_version);
        match BookEvent::decode(of, kind, version, fields.payload, &self.upcasters) {
            Ok(event) => {
                if let Err(unbalanced) = check_balanced(&postings(&event)) {
                    self.checked.found.add(Check::Balance, Some(fields.position), unbalanced);
                }
                let sequence = fields.sequence;
                if self.block.shared.wanted.has(key, (of, fields.aggregate_id), sequence) {
                    self.checked.steps.push(Step { key, sequence, event });
                }
            }
            Err(error) => self.checked.found.add(Check::Payloads, Some(fields.position), error),
        }
    }

    fn note_cause(&mut self, fields: &LeafFields<'_>) {
        match serde_json::from_str::<Caused<'_>>(fields.metadata) {
            Ok(caused) => {
                let cause = self.block.shared.hasher.hash_one((&*caused.command_id, fields.position));
                self.checked.causes = self.checked.causes.wrapping_add(cause);
            }
            Err(_) => {
                self.checked.found.add(
                    Check::Commands,
                    Some(fields.position),
                    "its metadata names no command",
                );
            }
        }
    }

    fn follow(&mut self, key: u64, fields: &LeafFields<'_>) {
        let (sequence, position) = (fields.sequence, fields.position);
        match self.runs.entry(key) {
            Entry::Vacant(vacant) => {
                vacant.insert(Run { key, first: sequence, last: sequence, position });
            }
            Entry::Occupied(mut run) => {
                let run = run.get_mut();
                if sequence != run.last.wrapping_add(1) {
                    self.checked.doubtful.push(position);
                }
                run.last = sequence;
            }
        }
    }

    fn end(mut self) -> Checked {
        self.missing_before(self.block.last + 1);
        self.checked.runs = self.runs.into_values().collect();
        self.checked
    }
}
