//! Deciding: from the backlog into the pending batch.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use futures::FutureExt;
use serde_json::value::RawValue;
use tallybook_domain::Refusal;

use super::batch::{Admitted, Answer, Command, Verdict};
use super::{Lane, LoadEnd, reply};
use crate::aggregate::{LoadError, LoadFrom, StreamKey, recording_time};
use crate::command::{CommandError, Fault};
use crate::decision::{Decision, Draft};

/// A decision that broke off for a reason that is not the caller's.
const PANICKED: &str = "the decision panicked";

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
        let draft = decision.draft;
        match (decided, draft.fault.clone()) {
            (Err(_), _) => self.fault(command, PANICKED.into()),
            (Ok(_), Some(fault)) => self.fault(command, fault),
            (Ok(Err(refusal)), None) => self.pending.refuse(command, refusal),
            (Ok(Ok(outcome)), None) => self.accept(command, outcome, draft, now),
        }
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
        let mut first = None;
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
                self.start_load(key.clone());
            }
            first.get_or_insert_with(|| key.clone());
        }
        first
    }

    fn start_load(&self, key: StreamKey) {
        let from = LoadFrom {
            pool: self.pool.clone(),
            id: key.stream.id.clone(),
            snapshot_every: usize::try_from(self.settings.snapshot_every).unwrap_or(usize::MAX),
            upcasters: self.settings.upcasters,
        };
        let (ends, deadline) = (self.loads.0.clone(), self.settings.deadline);
        tokio::spawn(async move {
            // A stream that breaks an invariant stops its aggregate with a panic; it must not stop the lane.
            let load = AssertUnwindSafe((key.load)(from)).catch_unwind();
            let result = match tokio::time::timeout(deadline, load).await {
                Ok(Ok(result)) => result,
                Ok(Err(_)) => Err(LoadError::Corrupt("an event does not fit the state it meets".into())),
                Err(_) => Err(LoadError::Database("no answer within the deadline".into())),
            };
            // The lane is gone only when the process is.
            if ends.send(LoadEnd { stream: key.stream, result }).is_err() {
                tracing::debug!("a load ended after the lane");
            }
        });
    }

    /// A load ended: its commands go on, first come first, before what came later.
    pub(super) fn loaded(&mut self, end: LoadEnd) {
        let Some(waiting) = self.loading.remove(&end.stream) else { return };
        match end.result {
            Ok(loaded) => {
                // A load that missed a change is not admitted; its first command starts another.
                self.cache.admit(end.stream, loaded);
                for command in waiting.into_iter().rev() {
                    self.backlog.push_front(command);
                }
            }
            Err(LoadError::Database(error)) => {
                tracing::warn!(%error, stream = ?end.stream, "a stream could not be loaded");
                for command in waiting {
                    super::give_up(command);
                }
            }
            Err(LoadError::Corrupt(error)) => {
                for command in waiting {
                    self.fault(command, format!("{:?} cannot be loaded: {error}", end.stream));
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
