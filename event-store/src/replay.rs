//! One aggregate again, event by event, with its state after each.
//!
//! Always from its first event: a snapshot is not looked at, so what is shown rests on the journal alone. Must never
//! pass over an event that is missing, cannot be read or does not fit the state it meets.

use sqlx::PgPool;
use tallybook_domain::{AggregateState, AggregateType, CorruptStream, DecodeError, upcasters};

use crate::journal::{self, StoredEvent};

/// Events read at once.
const PAGE: u64 = 500;
/// A page ends when the states on it are larger than this together: the state of an aggregate can grow.
const LARGEST: usize = 4 << 20;

/// An aggregate on its way through its stream.
#[derive(Debug)]
pub struct Replay {
    aggregate_type: AggregateType,
    aggregate_id: String,
    state: AggregateState,
    sequence: u64,
}

/// An event, and the aggregate's state after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayedEvent {
    pub event: StoredEvent,
    /// JSON, as the aggregate itself is written.
    pub state: String,
}

/// Why a replay cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
    #[error("event {expected} of the stream is missing: after {before} comes {found}, at position {position}", before = expected - 1)]
    Gap { expected: u64, found: u64, position: u64 },
    #[error("the event at position {position} cannot be read: {source}")]
    Unreadable { position: u64, source: DecodeError },
    #[error("the event at position {position} does not fit the state it meets: {source}")]
    Misfit { position: u64, source: CorruptStream },
    #[error("the state after position {position} cannot be written: {source}")]
    State { position: u64, source: serde_json::Error },
}

impl Replay {
    /// Before the first event.
    pub fn new(aggregate_type: AggregateType, aggregate_id: impl Into<String>) -> Self {
        let state = AggregateState::empty(aggregate_type);
        Self { aggregate_type, aggregate_id: aggregate_id.into(), state, sequence: 0 }
    }

    /// The sequence of the last event taken in.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The aggregate after the events taken in.
    pub fn state(&self) -> &AggregateState {
        &self.state
    }

    /// Whether no event comes after those taken in.
    pub async fn is_at_end(&self, pool: &PgPool) -> Result<bool, ReplayError> {
        Ok(self.read(pool, 1).await?.is_empty())
    }

    /// Takes in everything up to a sequence without showing it.
    pub async fn skip_to(&mut self, pool: &PgPool, sequence: u64) -> Result<(), ReplayError> {
        while self.sequence < sequence {
            let events = self.read(pool, PAGE.min(sequence - self.sequence)).await?;
            if events.is_empty() {
                return Ok(());
            }
            for event in &events {
                self.take_in(event)?;
            }
        }
        Ok(())
    }

    /// The next events, at most so many, and whether there may be more. After an error, which stands behind the
    /// events that could still be shown, the replay is over.
    pub async fn next(&mut self, pool: &PgPool, limit: u64) -> Result<ReplayedPage, ReplayError> {
        let events = self.read(pool, limit.min(PAGE)).await?;
        let mut page = ReplayedPage { events: Vec::with_capacity(events.len()), stopped: None };
        let mut size = 0;
        for event in events {
            match self.step(event) {
                Ok(replayed) => {
                    size += replayed.state.len();
                    page.events.push(replayed);
                }
                Err(error) => {
                    page.stopped = Some(error);
                    break;
                }
            }
            if size > LARGEST {
                break;
            }
        }
        Ok(page)
    }

    fn step(&mut self, event: StoredEvent) -> Result<ReplayedEvent, ReplayError> {
        self.take_in(&event)?;
        let state = serde_json::to_string(&self.state)
            .map_err(|source| ReplayError::State { position: event.position, source })?;
        Ok(ReplayedEvent { event, state })
    }

    fn take_in(&mut self, stored: &StoredEvent) -> Result<(), ReplayError> {
        let (position, expected, found) = (stored.position, self.sequence + 1, stored.sequence);
        if found != expected {
            return Err(ReplayError::Gap { expected, found, position });
        }
        let recorded =
            stored.decode(&upcasters()).map_err(|source| ReplayError::Unreadable { position, source })?;
        self.state.take_in(&recorded.event).map_err(|source| ReplayError::Misfit { position, source })?;
        self.sequence = found;
        Ok(())
    }

    async fn read(&self, pool: &PgPool, limit: u64) -> Result<Vec<StoredEvent>, sqlx::Error> {
        let stream = (self.aggregate_type.as_str(), self.aggregate_id.as_str());
        journal::stream_page(pool, stream, self.sequence, limit).await
    }
}

/// Events in their order, none at the end of the stream, and what stands behind them, if the stream is corrupt.
#[derive(Debug)]
pub struct ReplayedPage {
    pub events: Vec<ReplayedEvent>,
    pub stopped: Option<ReplayError>,
}

/// The types of the aggregates that have events under this id.
pub async fn types_of(pool: &PgPool, aggregate_id: &str) -> Result<Vec<AggregateType>, sqlx::Error> {
    let all = AggregateType::ALL.map(|known| known.as_str().to_owned());
    let found = sqlx::query_scalar!(
        r#"SELECT known AS "known!" FROM unnest($1::text[]) WITH ORDINALITY AS types (known, place)
            WHERE EXISTS (SELECT FROM events WHERE aggregate_id = $2 AND aggregate_type = known)
            ORDER BY place"#,
        &all,
        aggregate_id
    )
    .fetch_all(pool)
    .await?;
    found.iter().map(|known| known.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))).collect()
}
