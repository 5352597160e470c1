//! Aggregates of any type under one roof: how the lane names, loads, holds and advances them.

use std::any::Any;

use chrono::{DateTime, Utc};
use cqrs_es::persist::{EventUpcaster, PersistedEventStore, SerializedEvent};
use cqrs_es::{EventEnvelope, EventStore};
use futures::future::BoxFuture;
use postgres_es::PostgresEventRepository;
use serde_json::Value;
use smol_str::SmolStr;
use sqlx::PgPool;
use tallybook_domain::EventSourced;

use crate::journal::StoredEvent;

/// Which stream: the aggregate's type and id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct StreamId {
    pub(crate) kind: SmolStr,
    pub(crate) id: SmolStr,
}

impl StreamId {
    pub(crate) fn of<A: EventSourced>(id: &str) -> Self {
        Self { kind: SmolStr::new_static(A::TYPE), id: id.into() }
    }
}

/// A stream a command reads or writes, declared before it enters the lane.
#[derive(Debug, Clone)]
pub struct StreamKey {
    pub(crate) stream: StreamId,
    pub(crate) load: LoadStream,
    pub(crate) empty: fn() -> Box<dyn Held>,
    /// The id was just made, so there is nothing to look up.
    pub(crate) fresh: bool,
}

impl StreamKey {
    /// A stream that may have events already.
    pub fn existing<A: EventSourced>(id: impl AsRef<str>) -> Self {
        Self {
            stream: StreamId::of::<A>(id.as_ref()),
            load: load::<A>,
            empty: || Box::new(A::default()),
            fresh: false,
        }
    }

    /// A stream whose id is new in the world (a UUID made for this command).
    pub fn fresh<A: EventSourced>(id: impl AsRef<str>) -> Self {
        Self { fresh: true, ..Self::existing::<A>(id) }
    }

    /// The aggregate before its first event.
    pub(crate) fn empty_entry(&self) -> Entry {
        Entry { state: (self.empty)(), sequence: 0, changed_at: 0 }
    }
}

/// An aggregate in memory, whatever its type.
pub(crate) trait Held: Send {
    fn as_any(&self) -> &dyn Any;
    /// Applies an event that another process appended.
    fn advance(&mut self, event: SerializedEvent) -> Result<(), String>;
    fn snapshot(&self) -> Result<Value, serde_json::Error>;
}

impl<A: EventSourced> Held for A {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn advance(&mut self, event: SerializedEvent) -> Result<(), String> {
        let envelope = EventEnvelope::<A>::try_from(event).map_err(|error| error.to_string())?;
        self.evolve(&envelope.payload).map_err(|error| error.to_string())
    }

    fn snapshot(&self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(self)
    }
}

/// An aggregate and how far it is.
pub(crate) struct Entry {
    pub(crate) state: Box<dyn Held>,
    pub(crate) sequence: u64,
    /// The position of its last known change; loading at an earlier position would miss that change.
    pub(crate) changed_at: u64,
}

/// What a load brings, and the position the book had reached before it began.
pub(crate) struct Loaded {
    pub(crate) entry: Entry,
    pub(crate) read_at: u64,
}

pub(crate) type LoadStream = fn(LoadFrom) -> BoxFuture<'static, Result<Loaded, LoadError>>;

/// Everything a load needs, owned, because it runs beside the lane.
#[derive(Clone)]
pub(crate) struct LoadFrom {
    pub(crate) pool: PgPool,
    pub(crate) id: SmolStr,
    pub(crate) snapshot_every: usize,
    pub(crate) upcasters: fn() -> Vec<Box<dyn EventUpcaster>>,
}

#[derive(Debug, Clone)]
pub(crate) enum LoadError {
    Database(String),
    Corrupt(String),
}

fn load<A: EventSourced>(from: LoadFrom) -> BoxFuture<'static, Result<Loaded, LoadError>> {
    Box::pin(async move {
        let read_at = crate::journal::head_position(&from.pool)
            .await
            .map_err(|error| LoadError::Database(error.to_string()))?;
        let repository = PostgresEventRepository::new(from.pool);
        let store = PersistedEventStore::<PostgresEventRepository, A>::new_snapshot_store(
            repository,
            from.snapshot_every,
        )
        .with_upcasters((from.upcasters)());
        let context = store.load_aggregate(&from.id).await.map_err(|error| match error {
            cqrs_es::AggregateError::DatabaseConnectionError(source)
            | cqrs_es::AggregateError::UnexpectedError(source) => LoadError::Database(source.to_string()),
            cqrs_es::AggregateError::UserError(source) => LoadError::Corrupt(source.to_string()),
            cqrs_es::AggregateError::DeserializationError(source) => LoadError::Corrupt(source.to_string()),
            cqrs_es::AggregateError::AggregateConflict => {
                LoadError::Corrupt("load reported a conflict".into())
            }
        })?;
        let sequence = context.current_sequence as u64;
        Ok(Loaded { entry: Entry { state: Box::new(context.aggregate), sequence, changed_at: 0 }, read_at })
    })
}

/// A stored event in the form `cqrs-es` upcasts and applies.
pub(crate) fn serialized(
    event: &StoredEvent,
    upcasters: &[Box<dyn EventUpcaster>],
) -> Result<SerializedEvent, serde_json::Error> {
    let serialized = SerializedEvent::new(
        event.aggregate_id.clone(),
        usize::try_from(event.sequence).unwrap_or(usize::MAX),
        event.aggregate_type.clone(),
        event.event_type.clone(),
        event.event_version.clone(),
        serde_json::from_str(&event.payload)?,
        serde_json::from_str(&event.metadata)?,
    );
    Ok(upcasters.iter().fold(serialized, |event, upcaster| {
        if upcaster.can_upcast(&event.event_type, &event.event_version) {
            upcaster.upcast(event)
        } else {
            event
        }
    }))
}

/// The time an event is recorded at: never before its predecessor's, cut to what the database keeps.
pub(crate) fn recording_time(now: DateTime<Utc>, previous: DateTime<Utc>) -> DateTime<Utc> {
    let micros = now.timestamp_micros().max(previous.timestamp_micros());
    DateTime::from_timestamp_micros(micros).unwrap_or(previous)
}
