//! Cold aggregates into memory: a few one by one, many by one statement.
//!
//! Runs beside the lane, which waits for no database. A few streams go through `cqrs-es` and `postgres-es`; a command
//! over hundreds of them (a bill run's chunk) would spend its time on round trips, so those are read together. Both
//! ways come to the same state. Must never hand out a stream with a gap or an event that does not fit.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use cqrs_es::EventStore;
use cqrs_es::persist::{EventUpcaster, PersistedEventStore};
use futures::FutureExt;
use futures::future::BoxFuture;
use postgres_es::PostgresEventRepository;
use serde_json::Value;
use smol_str::SmolStr;
use sqlx::PgPool;
use tallybook_domain::{BookEvent, EventSourced};

use crate::aggregate::{Entry, Loaded, StreamId, StreamKey};
use crate::journal::{head_position, signed, unsigned};

/// Streams up to this many are loaded each by itself.
pub(crate) const FEW: usize = 8;
/// Streams read by one statement.
const TOGETHER: usize = 1000;

/// What every load needs, owned, because it runs beside the lane.
#[derive(Clone)]
pub(crate) struct LoadFrom {
    pub(crate) pool: PgPool,
    pub(crate) snapshot_every: usize,
    pub(crate) upcasters: fn() -> Vec<Box<dyn EventUpcaster>>,
}

#[derive(Debug, Clone)]
pub(crate) enum LoadError {
    Database(String),
    Corrupt(String),
}

impl From<sqlx::Error> for LoadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.to_string())
    }
}

pub(crate) type LoadOne = fn(LoadFrom, SmolStr) -> BoxFuture<'static, Result<Loaded, LoadError>>;

/// Each stream with what its load came to.
pub(crate) async fn load(from: LoadFrom, keys: &[StreamKey]) -> Vec<(StreamId, Result<Loaded, LoadError>)> {
    if let [key] = keys {
        // A stream that breaks an invariant stops its aggregate with a panic; it must not stop the lane.
        let loaded = AssertUnwindSafe((key.load)(from, key.stream.id.clone())).catch_unwind().await;
        return vec![(key.stream.clone(), loaded.unwrap_or_else(|_| Err(misfit())))];
    }
    let mut loaded = Vec::with_capacity(keys.len());
    for keys in keys.chunks(TOGETHER) {
        match load_together(&from, keys).await {
            Ok(streams) => loaded.extend(streams),
            Err(error) => loaded.extend(keys.iter().map(|key| (key.stream.clone(), Err(error.clone())))),
        }
    }
    loaded
}

fn misfit() -> LoadError {
    LoadError::Corrupt("an event does not fit the state it meets".into())
}

pub(crate) fn load_one<A: EventSourced>(
    from: LoadFrom,
    id: SmolStr,
) -> BoxFuture<'static, Result<Loaded, LoadError>> {
    Box::pin(async move {
        let read_at = head_position(&from.pool).await?;
        let repository = PostgresEventRepository::new(from.pool);
        let store = PersistedEventStore::<PostgresEventRepository, A>::new_snapshot_store(
            repository,
            from.snapshot_every,
        )
        .with_upcasters((from.upcasters)());
        let context = store.load_aggregate(&id).await.map_err(|error| match error {
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

async fn load_together(
    from: &LoadFrom,
    keys: &[StreamKey],
) -> Result<Vec<(StreamId, Result<Loaded, LoadError>)>, LoadError> {
    let read_at = head_position(&from.pool).await?;
    let mut snapshots = read_snapshots(&from.pool, keys).await?;
    let mut streams: Vec<Result<Entry, LoadError>> =
        keys.iter().map(|key| opening(key, snapshots.remove(&key.stream))).collect();
    let starts: Vec<u64> =
        streams.iter().map(|stream| stream.as_ref().map_or(0, |entry| entry.sequence)).collect();
    let upcasters = (from.upcasters)();
    for event in read_events(&from.pool, keys, &starts).await? {
        let Some(stream) = streams.get_mut(event.stream) else { continue };
        if let Ok(entry) = stream
            && let Err(error) = event.take_into(entry, &keys[event.stream], &upcasters)
        {
            *stream = Err(error);
        }
    }
    let loaded = |stream: Result<Entry, LoadError>| stream.map(|entry| Loaded { entry, read_at });
    Ok(keys.iter().map(|key| key.stream.clone()).zip(streams.into_iter().map(loaded)).collect())
}

/// The aggregate as its snapshot has it, or before its first event.
fn opening(key: &StreamKey, snapshot: Option<(u64, Value)>) -> Result<Entry, LoadError> {
    let Some((sequence, state)) = snapshot else { return Ok(key.empty_entry()) };
    let state = (key.thaw)(state).map_err(|error| LoadError::Corrupt(error.to_string()))?;
    Ok(Entry { state, sequence, changed_at: 0 })
}

async fn read_snapshots(
    pool: &PgPool,
    keys: &[StreamKey],
) -> Result<HashMap<StreamId, (u64, Value)>, LoadError> {
    let (kinds, ids) = names(keys);
    let rows = sqlx::query!(
        r#"SELECT snapshots.aggregate_type, snapshots.aggregate_id, last_sequence, payload AS "payload!"
             FROM unnest($1::text[], $2::text[]) AS wanted (kind, id)
             JOIN snapshots ON snapshots.aggregate_type = wanted.kind AND snapshots.aggregate_id = wanted.id"#,
        &kinds as &[&str],
        &ids as &[&str]
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let stream = StreamId { kind: row.aggregate_type.into(), id: row.aggregate_id.into() };
            Ok((stream, (unsigned(row.last_sequence)?, row.payload)))
        })
        .collect()
}

/// An event of one of the streams that are loaded together.
struct EventOf {
    /// Which of them.
    stream: usize,
    sequence: u64,
    event_type: String,
    event_version: String,
    payload: String,
}

impl EventOf {
    fn take_into(
        &self,
        entry: &mut Entry,
        key: &StreamKey,
        upcasters: &[Box<dyn EventUpcaster>],
    ) -> Result<(), LoadError> {
        if self.sequence != entry.sequence + 1 {
            let gap = format!("event {} comes after event {}", self.sequence, entry.sequence);
            return Err(LoadError::Corrupt(gap));
        }
        let Self { event_type, event_version, payload, .. } = self;
        let event = BookEvent::decode(&key.stream.kind, event_type, event_version, payload, upcasters)
            .map_err(|error| LoadError::Corrupt(error.to_string()))?;
        catch_unwind(AssertUnwindSafe(|| entry.state.take_in(&event)))
            .unwrap_or_else(|_| Err("an event does not fit the state it meets".into()))
            .map_err(LoadError::Corrupt)?;
        entry.sequence = self.sequence;
        Ok(())
    }
}

/// The events after each stream's start, those of one stream in order.
async fn read_events(pool: &PgPool, keys: &[StreamKey], starts: &[u64]) -> Result<Vec<EventOf>, LoadError> {
    let (kinds, ids) = names(keys);
    let starts = starts.iter().map(|start| signed(*start)).collect::<Result<Vec<_>, _>>()?;
    let rows = sqlx::query!(
        r#"SELECT wanted.stream AS "stream!", event.sequence, event.event_type, event.event_version,
                  event.payload::text AS "payload!"
             FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY AS wanted (kind, id, start, stream)
            CROSS JOIN LATERAL (
                  SELECT sequence, event_type, event_version, payload FROM events
                   WHERE aggregate_id = wanted.id AND aggregate_type = wanted.kind AND sequence > wanted.start
                   ORDER BY sequence) AS event"#,
        &kinds as &[&str],
        &ids as &[&str],
        &starts
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(EventOf {
                stream: usize::try_from(row.stream - 1).unwrap_or(usize::MAX),
                sequence: unsigned(row.sequence)?,
                event_type: row.event_type,
                event_version: row.event_version,
                payload: row.payload,
            })
        })
        .collect()
}

fn names(keys: &[StreamKey]) -> (Vec<&str>, Vec<&str>) {
    keys.iter().map(|key| (&*key.stream.kind, &*key.stream.id)).unzip()
}
