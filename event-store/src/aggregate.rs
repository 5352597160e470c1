//! Aggregates of any type under one roof: how the lane names, loads, holds and advances them.

use std::any::Any;

use chrono::{DateTime, Utc};
use cqrs_es::EventEnvelope;
use cqrs_es::persist::{EventUpcaster, SerializedEvent};
use serde_json::Value;
use smol_str::SmolStr;
use tallybook_domain::{BookEvent, EventSourced};

use crate::journal::StoredEvent;
use crate::load::{LoadOne, load_one};

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
    pub(crate) load: LoadOne,
    pub(crate) empty: fn() -> Box<dyn Held>,
    /// From a snapshot.
    pub(crate) thaw: fn(Value) -> Result<Box<dyn Held>, serde_json::Error>,
    /// The id was just made, so there is nothing to look up.
    pub(crate) fresh: bool,
}

impl StreamKey {
    /// A stream that may have events already.
    pub fn existing<A: EventSourced>(id: impl AsRef<str>) -> Self {
        Self {
            stream: StreamId::of::<A>(id.as_ref()),
            load: load_one::<A>,
            empty: || Box::new(A::default()),
            thaw: |snapshot| Ok(Box::new(serde_json::from_value::<A>(snapshot)?)),
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
    /// Applies an event read from its stream.
    fn take_in(&mut self, event: &BookEvent) -> Result<(), String>;
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

    fn take_in(&mut self, event: &BookEvent) -> Result<(), String> {
        let foreign = || format!("{} is not an event of a {}", event.event_type(), A::TYPE);
        self.evolve(A::pick(event).ok_or_else(foreign)?).map_err(|error| error.to_string())
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
