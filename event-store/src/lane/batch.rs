//! The commands of one append: what they change, what they are answered, and how to undo them in memory.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use tallybook_domain::Refusal;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::append::AppendRows;
use crate::aggregate::{Entry, StreamId, StreamKey};
use crate::cache::Cache;
use crate::canonical::{LeafFields, leaf_hash};
use crate::command::CommandError;
use crate::decision::{Claim, ClaimKey, Decision, Draft, DraftEvent};
use crate::merkle::CompactRange;
use crate::snapshots::Snapshot;

pub(crate) type Decide = Box<dyn FnMut(&mut Decision<'_>) -> Result<Box<RawValue>, Refusal> + Send>;

/// A command inside the lane.
pub(crate) struct Command {
    pub(crate) id: String,
    /// The caller chose the id, so it may be in the book already.
    pub(crate) keyed: bool,
    pub(crate) request_hash: [u8; 32],
    /// The events' metadata, as it will be stored.
    pub(crate) metadata: String,
    pub(crate) streams: Vec<StreamKey>,
    pub(crate) dry_run: bool,
    pub(crate) decide: Decide,
    pub(crate) reply: oneshot::Sender<Result<Answer, CommandError>>,
    pub(crate) deadline: Instant,
    /// It was sent to the database and no answer came: it may be recorded.
    pub(crate) maybe_recorded: bool,
    /// It was looked up after a repeat was met, key and claims, and is none.
    pub(crate) looked_up: bool,
    /// Times it was in an append that the database refused; after the first it goes alone.
    pub(crate) failures: u32,
    pub(crate) _permit: OwnedSemaphorePermit,
}

/// What the lane answers when it does not refuse.
pub(crate) struct Answer {
    pub(crate) outcome: Box<RawValue>,
    pub(crate) position: u64,
    pub(crate) replayed: bool,
    /// Of a dry run: what would be recorded, and what must still be free.
    pub(crate) draft: Option<Draft>,
}

/// The end of the journal as the lane knows it.
#[derive(Clone)]
pub(crate) struct Tip {
    pub(crate) position: u64,
    pub(crate) tree: CompactRange,
    pub(crate) recorded_at: DateTime<Utc>,
}

pub(crate) struct Admitted {
    pub(crate) command: Command,
    pub(crate) verdict: Verdict,
}

pub(crate) enum Verdict {
    Recorded {
        outcome: Box<RawValue>,
        position: u64,
        claims: Vec<Claim>,
    },
    /// A dry run, held back like everything that rests on decisions not yet durable.
    Tried {
        outcome: Box<RawValue>,
        position: u64,
        draft: Draft,
    },
    /// Held back until the decisions it was refused because of are durable.
    Refused(Refusal),
}

/// Commands decided on top of the tip, not yet durable.
pub(crate) struct Batch {
    snapshot_every: u64,
    pub(crate) rows: AppendRows,
    pub(crate) admitted: Vec<Admitted>,
    pub(crate) ids: HashSet<String>,
    pub(crate) claimed: HashSet<ClaimKey>,
    pub(crate) released: HashSet<ClaimKey>,
    /// Each changed aggregate as it was before this batch; `None` if it was not held.
    undo: HashMap<StreamId, Option<Entry>>,
    /// Streams that grew long enough, as they are when this batch is durable.
    snapshots: Vec<Snapshot>,
    /// The end of the journal once this batch is durable.
    pub(crate) end: Option<Tip>,
}

impl Batch {
    pub(crate) fn new(snapshot_every: u64) -> Self {
        Self {
            snapshot_every: snapshot_every.max(1),
            rows: AppendRows::new(),
            admitted: Vec::new(),
            ids: HashSet::new(),
            claimed: HashSet::new(),
            released: HashSet::new(),
            undo: HashMap::new(),
            snapshots: Vec::new(),
            end: None,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.admitted.is_empty()
    }

    pub(crate) fn refuse(&mut self, command: Command, refusal: Refusal) {
        self.admitted.push(Admitted { command, verdict: Verdict::Refused(refusal) });
    }

    /// Whether the command has to wait for this batch to be durable: it repeats one of its keys, or claims what
    /// the batch releases, or releases what it claims.
    pub(crate) fn must_wait(&self, draft: &Draft) -> bool {
        draft.claims.iter().any(|claim| self.released.contains(&claim.key))
            || draft.releases.iter().any(|key| self.claimed.contains(key))
    }

    /// Takes a decision in: advances tip and cache, and lays out the rows to append.
    pub(crate) fn record(
        &mut self,
        command: Command,
        outcome: Box<RawValue>,
        draft: Draft,
        (tip, cache): (&mut Tip, &mut Cache),
    ) {
        let first = (!draft.events.is_empty()).then_some(tip.position + 1);
        for event in draft.events {
            self.push_event(event, &command.metadata, tip);
        }
        for (stream, entry) in draft.working {
            let sequence = entry.sequence;
            let before = cache.replace(stream.clone(), Entry { changed_at: tip.position, ..entry });
            if before.as_ref().map_or(0, |entry| entry.sequence) / self.snapshot_every
                != sequence / self.snapshot_every
            {
                self.snapshots.extend(cache.peek(&stream).and_then(|entry| Snapshot::of(&stream, entry)));
            }
            self.undo.entry(stream).or_insert(before);
        }
        // What decides nothing leaves nothing behind, unless its key is to be answered again: nobody can fill the book
        // by asking the same for ever.
        if command.keyed || first.is_some() || !draft.claims.is_empty() || !draft.releases.is_empty() {
            self.rows.push_command(&command, first, tip.position, &outcome);
        }
        for claim in &draft.claims {
            self.rows.push_claim(&claim.key);
            self.claimed.insert(claim.key.clone());
        }
        for key in draft.releases {
            self.rows.push_release(&key);
            self.released.insert(key);
        }
        if command.keyed {
            self.ids.insert(command.id.clone());
        }
        let verdict = Verdict::Recorded { outcome, position: tip.position, claims: draft.claims };
        self.admitted.push(Admitted { command, verdict });
    }

    fn push_event(&mut self, event: DraftEvent, metadata: &str, tip: &mut Tip) {
        tip.position += 1;
        let hash = leaf_hash(&LeafFields {
            position: tip.position,
            sequence: event.sequence,
            recorded_at: tip.recorded_at,
            aggregate_type: event.aggregate_type,
            aggregate_id: &event.aggregate_id,
            event_type: event.event_type,
            event_version: event.event_version,
            payload: &event.payload,
            metadata,
        });
        tip.tree.append(hash);
        self.rows.push_event(&event, metadata, tip, hash);
    }

    /// Puts the aggregates back as they were before this batch, and gives its commands back in order.
    pub(crate) fn revert(self, cache: &mut Cache) -> Vec<Admitted> {
        for (stream, before) in self.undo {
            match before {
                Some(entry) => {
                    cache.replace(stream, entry);
                }
                None => cache.forget(&stream),
            }
        }
        self.admitted
    }

    pub(crate) fn take_snapshots(&mut self) -> Vec<Snapshot> {
        std::mem::take(&mut self.snapshots)
    }
}
