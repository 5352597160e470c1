//! What a use case sees while it decides: the aggregates it declared, and a place to record what follows.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use smol_str::SmolStr;
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, AccountingPeriods};
use tallybook_domain::ledger::{check_balanced, effective_date, postings};
use tallybook_domain::{BookEvent, EventSourced, Refusal};

use crate::aggregate::{Entry, StreamId, StreamKey};
use crate::cache::Cache;

/// One command's view of the book. Nothing it does is visible to anyone until the whole decision has succeeded.
pub struct Decision<'a> {
    cache: &'a Cache,
    now: DateTime<Utc>,
    today: NaiveDate,
    pub(crate) draft: Draft,
}

/// What one command would change.
#[derive(Default)]
pub(crate) struct Draft {
    /// Working copies of the aggregates it changed.
    pub(crate) working: HashMap<StreamId, Entry>,
    pub(crate) events: Vec<DraftEvent>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) releases: Vec<ClaimKey>,
    /// Aggregates it found that it needs besides those declared.
    pub(crate) asked: Vec<StreamKey>,
    /// The decision broke an invariant; it must not be recorded.
    pub(crate) fault: Option<String>,
}

pub(crate) struct DraftEvent {
    pub(crate) aggregate_type: &'static str,
    pub(crate) aggregate_id: SmolStr,
    pub(crate) sequence: u64,
    pub(crate) event_type: &'static str,
    pub(crate) event_version: &'static str,
    pub(crate) payload: String,
}

/// Something that may exist once in the book.
pub(crate) type ClaimKey = (&'static str, String);

#[derive(Clone)]
pub(crate) struct Claim {
    pub(crate) key: ClaimKey,
    pub(crate) taken: Refusal,
}

impl<'a> Decision<'a> {
    pub(crate) fn new(cache: &'a Cache, now: DateTime<Utc>, today: NaiveDate) -> Self {
        Self { cache, now, today, draft: Draft::default() }
    }

    /// The moment this decision is recorded at.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Today's business date, in the book's time zone, by the clock as it is now: `now` never goes back, so a clock
    /// that once ran ahead would shift every later date with it.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// The aggregate as it stands, with what this decision already recorded.
    ///
    /// # Panics
    /// If the use case did not declare the stream. The lane turns that into a fault of this command alone.
    pub fn state<A: EventSourced>(&self, id: &str) -> &A {
        match self.entry::<A>(id).state.as_any().downcast_ref() {
            Some(aggregate) => aggregate,
            None => panic!("{} {id} is held as another type", A::TYPE),
        }
    }

    /// Whether an aggregate can be looked at that the use case did not declare, as only the decision can tell which it
    /// needs. If not, it is loaded and the command decided anew: whatever this run answers and records is dropped.
    #[must_use = "what is not held must not be looked at"]
    pub fn holds<A: EventSourced>(&mut self, id: &str) -> bool {
        let held = self.held(&StreamId::of::<A>(id)).is_some();
        if !held {
            self.draft.asked.push(StreamKey::existing::<A>(id));
        }
        held
    }

    /// The sequence of the aggregate's last event, with what this decision already recorded; 0 if it has none.
    pub fn sequence<A: EventSourced>(&self, id: &str) -> u64 {
        self.entry::<A>(id).sequence
    }

    fn entry<A: EventSourced>(&self, id: &str) -> &Entry {
        match self.held(&StreamId::of::<A>(id)) {
            Some(entry) => entry,
            None => panic!("{} {id} was not declared by the use case", A::TYPE),
        }
    }

    fn held(&self, stream: &StreamId) -> Option<&Entry> {
        self.draft.working.get(stream).or_else(|| self.cache.peek(stream))
    }

    /// Lets an aggregate decide, and records the events it answers with. The answer is how many: none means that
    /// what was asked for has happened already. Nothing may be effective in a closed accounting period.
    pub fn decide<A: EventSourced>(&mut self, id: &str, command: A::Command) -> Result<usize, Refusal> {
        let mut aggregate = self.state::<A>(id).clone();
        let mut sequence = self.sequence::<A>(id);
        let events = aggregate.decide(command).map_err(Into::into)?;
        if events.is_empty() {
            return Ok(0);
        }
        let recorded = events.len();
        for event in events {
            sequence += 1;
            if let Err(corrupt) = aggregate.evolve(&event) {
                self.draft.fault = Some(corrupt.to_string());
            }
            self.record(id, sequence, event.into())?;
        }
        let entry = Entry { state: Box::new(aggregate), sequence, changed_at: 0 };
        self.draft.working.insert(StreamId::of::<A>(id), entry);
        Ok(recorded)
    }

    /// Tries what a later command would do, as the book stands, without what this decision has recorded. Nothing of it is
    /// kept but its refusal, and what it found it needs.
    pub fn try_out(
        &mut self,
        attempt: impl FnOnce(&mut Decision<'a>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let mut trial = Decision::new(self.cache, self.now, self.today);
        let tried = attempt(&mut trial);
        self.draft.asked.append(&mut trial.draft.asked);
        self.draft.fault = self.draft.fault.take().or(trial.draft.fault);
        tried
    }

    fn record(&mut self, id: &str, sequence: u64, event: BookEvent) -> Result<(), Refusal> {
        if let Some(effective_date) = effective_date(&event) {
            self.state::<AccountingPeriods>(ACCOUNTING_PERIODS).check_open(effective_date)?;
        }
        if let Err(unbalanced) = check_balanced(&postings(&event)) {
            self.draft.fault = Some(format!("{} of {id}: {unbalanced}", event.event_type()));
        }
        match event.to_payload() {
            Ok(payload) => self.draft.events.push(DraftEvent {
                aggregate_type: event.aggregate_type(),
                aggregate_id: id.into(),
                sequence,
                event_type: event.event_type(),
                event_version: event.event_version(),
                payload,
            }),
            Err(error) => self.draft.fault = Some(format!("{} of {id}: {error}", event.event_type())),
        }
        Ok(())
    }

    /// Takes something that may exist once in the book, or refuses the command with `taken`.
    pub fn claim(&mut self, scope: &'static str, key: impl Into<String>, taken: Refusal) {
        self.draft.claims.push(Claim { key: (scope, key.into()), taken });
    }

    /// Gives back what an earlier command claimed.
    pub fn release(&mut self, scope: &'static str, key: impl Into<String>) {
        self.draft.releases.push((scope, key.into()));
    }
}

impl std::fmt::Debug for Decision<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decision").field("now", &self.now).field("events", &self.draft.events.len()).finish()
    }
}
