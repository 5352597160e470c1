//! Deciding: from the backlog into the pending batch.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use tallybook_domain::Refusal;

use super::batch::{Admitted, Answer, Command, Verdict};
use super::{Lane, LoadEnd, reply};
use crate::aggregate::{StreamId, StreamKey, recording_time};
use crate::command::{CommandError, Fault};
use crate::decision::{Decision, Draft};
use crate::load::{FEW, LoadError, LoadFrom, load};

/// A decision that broke off for a reason that is not the caller's.
const PANICKED: &str = "the decision panicked";

/// The aggregates of one command are held together.
pub(crate) fn too_many(needed: usize, held: usize) -> String {
    format!("a command over {needed} aggregates, but cached_aggregates is {held}: raise it")
}

impl Lane {
    /// Decides commands in order until the batch is full.
    pub(super) fn decide_backlog(&mut self) {
        while self.pending.admitted.len() < self.settings.max_batch {
            match self.backlog.pop_front() {
                Some(command) if self.may_join(&command) => self.admit(command),
                Some(command) => return self.backlog.push_front(command),
                None => return,
            }
        }
    }

    /// Whether a command may share the pending batch. One that the database refused before goes alone, so that it
    /// can harm no other. While repeats are about, commands known to be none go without those not looked up, so
    /// that they are decided again once at most, however many repeats arrive.
    fn may_join(&self, command: &Command) -> bool {
        let Some(Admitted { command: first, .. }) = self.pending.admitted.first() else { return true };
        let alone = first.failures > 0 || command.failures > 0;
        let mixed = self.careful_appends > 0 && first.looked_up != command.looked_up;
        !alone && !mixed
    }

    fn admit(&mut self, mut command: Command) {
        if command.keyed && self.is_under_way(&command.id) {
            self.deferred.push(command);
            return;
        }
        if let Some(missing) = self.first_missing(&command) {
            self.loading.entry(missing.stream).or_default().push(command);
            return;
        }
        let clock = (self.settings.clock)();
        let today = clock.with_timezone(&self.time_zone).date_naive();
        let now = recording_time(clock, self.tip.recorded_at);
        let mut decision = Decision::new(&self.cache, now, today);
        let decided = catch_unwind(AssertUnwindSafe(|| (command.decide)(&mut decision)));
        let mut draft = decision.draft;
        if !draft.asked.is_empty() {
            return self.decide_with(command, std::mem::take(&mut draft.asked));
        }
        match (decided, draft.fault.clone()) {
            (Err(_), _) => self.fault(command, PANICKED.into()),
            (Ok(_), Some(fault)) => self.fault(command, fault),
            (Ok(Err(refusal)), None) => self.pending.refuse(command, refusal),
            (Ok(Ok(outcome)), None) => self.accept(command, outcome, draft, now),
        }
    }

    /// Has a command decided again over what its decision asked for besides.
    fn decide_with(&mut self, mut command: Command, asked: Vec<StreamKey>) {
        let mut known: HashSet<StreamId> = command.streams.iter().map(|key| key.stream.clone()).collect();
        command.streams.extend(asked.into_iter().filter(|key| known.insert(key.stream.clone())));
        let (needed, held) = (command.streams.len(), self.settings.cached_aggregates);
        if needed > held {
            return self.fault(command, too_many(needed, held));
        }
        self.backlog.push_front(command);
    }

    /// A command with the same key is decided but not yet durable.
    fn is_under_way(&self, id: &str) -> bool {
        self.pending.ids.contains(id) || self.in_flight.ids.contains(id)
    }

    fn accept(&mut self, command: Command, outcome: Box<RawValue>, draft: Draft, now: DateTime<Utc>) {
        if self.pending.must_wait(&draft) {
            self.deferred.push(command);
        } else if let Some(refusal) = self.taken_under_way(&draft) {
            self.pending.refuse(command, refusal);
        } else if command.dry_run {
            let position = self.tip.position;
            self.pending
                .admitted
                .push(Admitted { command, verdict: Verdict::Tried { outcome, position, draft } });
        } else {
            self.tip.recorded_at = now;
            self.pending.record(command, outcome, draft, (&mut self.tip, &mut self.cache));
        }
    }

    /// The refusal of the first claim that a batch not yet durable holds already, or that the command makes twice.
    fn taken_under_way(&self, draft: &Draft) -> Option<Refusal> {
        let held = |at: usize| {
            let key = &draft.claims[at].key;
            let in_flight = self.in_flight.claimed.contains(key) && !self.pending.released.contains(key);
            self.pending.claimed.contains(key)
                || in_flight
                || draft.claims[..at].iter().any(|before| before.key == *key)
        };
        (0..draft.claims.len()).find(|at| held(*at)).map(|at| draft.claims[at].taken.clone())
    }

    /// Starts loading every stream that is not held, and names the first.
    fn first_missing(&mut self, command: &Command) -> Option<StreamKey> {
        let (mut first, mut cold) = (None, Vec::new());
        for key in &command.streams {
            if self.cache.touch(&key.stream) {
                continue;
            }
            if key.fresh {
                self.cache.replace(key.stream.clone(), key.empty_entry());
                continue;
            }
            if !self.loading.contains_key(&key.stream) {
                self.loading.insert(key.stream.clone(), Vec::new());
                cold.push(key.clone());
            }
            first.get_or_insert_with(|| key.clone());
        }
        if cold.len() > FEW {
            self.start_load(cold);
        } else {
            cold.into_iter().for_each(|key| self.start_load(vec![key]));
        }
        first
    }

    /// Loads one stream, or many by one statement.
    fn start_load(&self, keys: Vec<StreamKey>) {
        let from = LoadFrom {
            pool: self.pool.clone(),
            snapshot_every: usize::try_from(self.settings.snapshot_every).unwrap_or(usize::MAX),
            upcasters: self.settings.upcasters,
        };
        let (ends, deadline) = (self.loads.0.clone(), self.settings.deadline);
        tokio::spawn(async move {
            let streams = tokio::time::timeout(deadline, load(from, &keys)).await.unwrap_or_else(|_| {
                let late = || LoadError::Database("no answer within the deadline".into());
                keys.iter().map(|key| (key.stream.clone(), Err(late()))).collect()
            });
            // The lane is gone only when the process is.
            if ends.send(LoadEnd { streams }).is_err() {
                tracing::debug!("a load ended after the lane");
            }
        });
    }

    /// A load ended: its commands go on, first come first, before what came later. A command that needs a stream that
    /// could not be loaded does not.
    pub(super) fn loaded(&mut self, end: LoadEnd) {
        let (mut resumed, mut failed) = (Vec::new(), HashMap::new());
        for (stream, result) in end.streams {
            resumed.extend(self.loading.remove(&stream).into_iter().flatten());
            match result {
                // A load that missed a change is not admitted; its first command starts another.
                Ok(loaded) => drop(self.cache.admit(stream, loaded)),
                Err(error) => drop(failed.insert(stream, error)),
            }
        }
        for command in resumed.into_iter().rev() {
            let hindered = command.streams.iter().find_map(|key| failed.get_key_value(&key.stream));
            match hindered {
                None => self.backlog.push_front(command),
                Some((stream, LoadError::Database(error))) => {
                    tracing::warn!(%error, ?stream, "a stream could not be loaded");
                    super::give_up(command);
                }
                Some((stream, LoadError::Corrupt(error))) => {
                    let fault = format!("{stream:?} cannot be loaded: {error}");
                    self.fault(command, fault);
                }
            }
        }
    }

    pub(super) fn fault(&self, command: Command, fault: String) {
        reply(command, Err(CommandError::Corrupt(Fault(fault))));
    }

    /// Answers a batch whose every ground is durable.
    pub(super) fn answer(&mut self, batch: super::batch::Batch) {
        for admitted in batch.admitted {
            let answer = match admitted.verdict {
                Verdict::Recorded { outcome, position, .. } => {
                    Ok(Answer { outcome, position, replayed: false, draft: None })
                }
                Verdict::Tried { outcome, position, draft } => {
                    Ok(Answer { outcome, position, replayed: false, draft: Some(draft) })
                }
                Verdict::Refused(refusal) => Err(CommandError::Refused(refusal)),
            };
            reply(admitted.command, answer);
        }
    }
}
