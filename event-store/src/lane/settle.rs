//! What follows an append: answers when it happened, the truth from the database when it did not.

use std::collections::HashSet;
use std::time::Instant;

use sqlx::PgConnection;
use tallybook_domain::Refusal;

use super::append::{HeadRow, Line};
use super::batch::{Admitted, Answer, Command, Verdict};
use super::recover::KnownCommand;
use super::{AppendResult, Findings, Lane, Phase, Questions, find_out, give_up, reply};
use crate::aggregate::{StreamId, serialized};
use crate::command::CommandError;
use crate::decision::ClaimKey;
use crate::journal::StoredEvent;
use crate::snapshots::{self, Snapshot};

/// Appends that look for repeats first after one was met: where there was one there are often more.
const CAREFUL_APPENDS: u32 = 256;
/// Appends the database may refuse a command before the command is given up.
const FAILURES_AT_MOST: u32 = 3;
/// Appends lost to other processes before the head is held for the next one. Whoever needs longer for a decision than
/// the others between two appends would never append.
const LOST_IN_A_ROW_AT_MOST: u32 = 2;

impl Lane {
    pub(super) fn settle(&mut self, line: Line, result: AppendResult) -> Phase {
        match result {
            AppendResult::Appended(head_row) => self.appended(line, head_row),
            AppendResult::Conflict => {
                self.figures.conflict();
                self.careful_appends = CAREFUL_APPENDS;
                self.lost_in_a_row += 1;
                self.recover(Some(line.connection), |_| {})
            }
            AppendResult::Refused(error) => {
                tracing::error!(%error, "PostgreSQL refused an append; its commands are tried one by one");
                self.recover(Some(line.connection), |admitted| admitted.command.failures += 1)
            }
            AppendResult::Unknown(error) => {
                tracing::warn!(%error, "the outcome of an append is unknown; looking its commands up");
                self.recover(None, |admitted| admitted.command.maybe_recorded = true)
            }
        }
    }

    /// The batch is durable: first the next one on its way, then the answers, by `answer_settled`.
    fn appended(&mut self, line: Line, head_row: HeadRow) -> Phase {
        let mut batch = self.take_in_flight();
        if !batch.is_empty() {
            self.lost_in_a_row = 0;
        }
        self.head_row = head_row;
        self.durable = batch.end.take().unwrap_or_else(|| self.durable.clone());
        for command in self.deferred.drain(..).rev() {
            self.backlog.push_front(command);
        }
        let next = self.send(line);
        self.keep_snapshots(batch.take_snapshots());
        self.settled = Some(batch);
        next
    }

    /// Tells everyone of what just became durable.
    pub(super) fn answer_settled(&mut self) {
        if let Some(batch) = self.settled.take() {
            self.head.send_replace(self.durable.position);
            self.answer(batch);
        }
    }

    fn keep_snapshots(&self, snapshots: Vec<Snapshot>) {
        if snapshots.is_empty() {
            return;
        }
        let pool = self.pool.clone();
        tokio::spawn(async move {
            for snapshot in snapshots {
                if let Err(error) = snapshots::keep(&pool, &snapshot).await {
                    tracing::warn!(%error, stream = ?snapshot.stream, "a snapshot was not kept");
                }
            }
        });
    }

    /// Puts memory back to what was durable, and asks the database what is.
    fn recover(&mut self, connection: Option<PgConnection>, mark: impl Fn(&mut Admitted)) -> Phase {
        self.figures.recovery();
        let pending = self.take_pending().revert(&mut self.cache);
        let mut admitted = self.take_in_flight().revert(&mut self.cache);
        self.tip = self.durable.clone();
        admitted.iter_mut().filter(|one| one.is_recorded()).for_each(mark);
        let waiting = pending.iter().map(|one| &one.command).chain(&self.deferred).chain(&self.backlog);
        let keyed = waiting.filter(|command| command.keyed).map(|command| command.id.clone());
        let questions = Questions {
            options: self.options.clone(),
            deadline: self.settings.deadline,
            connection,
            hold_head: self.lost_in_a_row >= LOST_IN_A_ROW_AT_MOST,
            since: self.durable.position,
            command_ids: admitted.iter().map(|one| one.command.id.clone()).chain(keyed).collect(),
            claims: admitted.iter().flat_map(Admitted::claims).collect(),
        };
        self.retry = admitted;
        for command in pending.into_iter().map(|one| one.command).rev() {
            self.backlog.push_front(command);
        }
        Phase::Recovering(Box::pin(find_out(questions)))
    }

    /// Goes on from what the database says.
    pub(super) fn resume(&mut self, findings: Findings) -> Phase {
        match &findings.foreign {
            Some(events) => self.catch_up(events),
            None => self.cache.clear(findings.tip.position),
        }
        let recorded_at = findings.tip.recorded_at.max(self.durable.recorded_at);
        self.head_row = findings.head_row.clone();
        self.durable = findings.tip.clone();
        self.durable.recorded_at = recorded_at;
        self.tip = self.durable.clone();
        self.head.send_replace(self.durable.position);
        for command in self.deferred.drain(..).rev() {
            self.backlog.push_front(command);
        }
        // Every repeat at hand is answered now; what arrived during the look-up is met later.
        for command in std::mem::take(&mut self.backlog) {
            match findings.known.get(&command.id) {
                Some(known) => answer_again(command, known),
                None => self.backlog.push_back(command),
            }
        }
        for admitted in std::mem::take(&mut self.retry).into_iter().rev() {
            self.judge_again(admitted, &findings);
        }
        Phase::Idle(findings.line)
    }

    /// Answers what the database already answers; everything else is decided again.
    fn judge_again(&mut self, admitted: Admitted, findings: &Findings) {
        let taken = admitted.taken_claim(&findings.taken);
        let command = Command { looked_up: true, ..admitted.command };
        if let Some(known) = findings.known.get(&command.id) {
            answer_again(command, known);
        } else if let Some(refusal) = taken {
            reply(command, Err(CommandError::Refused(refusal)));
        } else if command.deadline <= Instant::now() {
            give_up(command);
        } else if command.failures >= FAILURES_AT_MOST {
            self.fault(command, "PostgreSQL refuses this command again and again".into());
        } else {
            self.backlog.push_front(command);
        }
    }

    /// Advances the held aggregates by what others appended.
    fn catch_up(&mut self, events: &[StoredEvent]) {
        let upcasters = (self.settings.upcasters)();
        for event in events {
            let stream = StreamId {
                kind: event.aggregate_type.as_str().into(),
                id: event.aggregate_id.as_str().into(),
            };
            let Some(entry) = self.cache.peek_mut(&stream) else {
                self.cache.note_change(stream, event.position);
                continue;
            };
            if event.sequence <= entry.sequence {
                continue;
            }
            let advanced = match serialized(event, &upcasters) {
                Ok(next) if event.sequence == entry.sequence + 1 => entry.state.advance(next),
                Ok(_) => Err("a sequence is missing".into()),
                Err(error) => Err(error.to_string()),
            };
            match advanced {
                Ok(()) => {
                    entry.sequence = event.sequence;
                    entry.changed_at = event.position;
                }
                Err(error) => {
                    tracing::error!(%error, position = event.position, "a held aggregate cannot follow the journal");
                    self.cache.forget(&stream);
                    self.cache.note_change(stream, event.position);
                }
            }
        }
    }
}

/// The answer that a recorded command got, for the same request only.
fn answer_again(command: Command, known: &KnownCommand) {
    let answer = if known.request_hash == command.request_hash {
        let replayed = command.keyed && !command.maybe_recorded;
        Ok(Answer { outcome: known.outcome.clone(), position: known.position, replayed, draft: None })
    } else {
        Err(CommandError::KeyReused)
    };
    reply(command, answer);
}

impl Admitted {
    fn is_recorded(&self) -> bool {
        matches!(self.verdict, Verdict::Recorded { .. })
    }

    fn claims(&self) -> Vec<ClaimKey> {
        match &self.verdict {
            Verdict::Recorded { claims, .. } => claims.iter().map(|claim| claim.key.clone()).collect(),
            Verdict::Tried { .. } | Verdict::Refused(_) => Vec::new(),
        }
    }

    fn taken_claim(&self, taken: &HashSet<ClaimKey>) -> Option<Refusal> {
        match &self.verdict {
            Verdict::Recorded { claims, .. } => {
                claims.iter().find(|claim| taken.contains(&claim.key)).map(|claim| claim.taken.clone())
            }
            Verdict::Tried { .. } | Verdict::Refused(_) => None,
        }
    }
}
