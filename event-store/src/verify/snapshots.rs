//! Whether each snapshot is what the events of its stream come to.
//!
//! A long stream is loaded from its snapshot on, so commands are decided on it: one that was altered is money from
//! nowhere, and no event tells of it. Streams are replayed one by one, in bounded memory.

use std::str::FromStr;

use futures::{StreamExt, TryStreamExt, stream};
use serde_json::Value;
use sqlx::PgPool;
use tallybook_domain::{AggregateState, AggregateType};
use tokio_util::task::AbortOnDropHandle;

use super::report::{Check, Found};
use crate::journal::{stream_page, unsigned};
use crate::settings::StoreError;

/// Snapshots read at once.
const PAGE: i64 = 200;
/// Events of a stream read at once.
const EVENTS: u64 = 2_000;

struct Snapshot {
    aggregate_type: String,
    aggregate_id: String,
    last_sequence: u64,
    payload: Value,
}

pub(super) async fn check(pool: &PgPool, parallel: usize, found: &mut Found) -> Result<(), StoreError> {
    let mut after = (String::new(), String::new());
    loop {
        let page = page(pool, &after).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = (last.aggregate_type.clone(), last.aggregate_id.clone());
        let mut details =
            stream::iter(page).map(|snapshot| in_its_own_task(snapshot, pool.clone())).buffered(parallel);
        while let Some(detail) = details.try_next().await? {
            if let Some(detail) = detail {
                found.add(Check::Snapshots, None, detail);
            }
        }
    }
}

/// The next snapshots in the order of their streams.
async fn page(pool: &PgPool, (kind, id): &(String, String)) -> Result<Vec<Snapshot>, StoreError> {
    let rows = sqlx::query!(
        "SELECT aggregate_type, aggregate_id, last_sequence, payload FROM snapshots
          WHERE (aggregate_type, aggregate_id) > ($1, $2) ORDER BY aggregate_type, aggregate_id LIMIT $3",
        kind,
        id,
        PAGE
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let last_sequence = unsigned(row.last_sequence)?;
            let (aggregate_type, aggregate_id, payload) = (row.aggregate_type, row.aggregate_id, row.payload);
            Ok(Snapshot { aggregate_type, aggregate_id, last_sequence, payload })
        })
        .collect()
}

/// Snapshots are checked on all processors, not just at the same time.
async fn in_its_own_task(snapshot: Snapshot, pool: PgPool) -> Result<Option<String>, StoreError> {
    let task = AbortOnDropHandle::new(tokio::spawn(differs(snapshot, pool)));
    Ok(task.await.map_err(|error| StoreError::Corrupt(error.to_string()))??)
}

/// What is wrong with a snapshot.
async fn differs(snapshot: Snapshot, pool: PgPool) -> Result<Option<String>, sqlx::Error> {
    let Snapshot { aggregate_type, aggregate_id, last_sequence, payload } = snapshot;
    let named = |wrong: &str| {
        Some(format!("the snapshot of {aggregate_type} {aggregate_id} at {last_sequence} {wrong}"))
    };
    let Ok(of) = AggregateType::from_str(&aggregate_type) else {
        return Ok(named("is of no aggregate there is"));
    };
    let Ok(kept) = AggregateState::from_snapshot(of, payload) else {
        return Ok(named("cannot be read"));
    };
    match replay(&pool, (of, &aggregate_id), last_sequence).await? {
        Some(replayed) if replayed == kept => Ok(None),
        Some(_) => Ok(named("is not what its events come to")),
        None => Ok(named("has not its events")),
    }
}

/// The aggregate after so many of its events; `None` if they are not all there, or do not fit.
async fn replay(
    pool: &PgPool,
    (of, id): (AggregateType, &str),
    last: u64,
) -> Result<Option<AggregateState>, sqlx::Error> {
    let (upcasters, mut state, mut sequence) = (tallybook_domain::upcasters(), AggregateState::empty(of), 0);
    while sequence < last {
        let events = stream_page(pool, (of.as_str(), id), sequence, EVENTS.min(last - sequence)).await?;
        if events.is_empty() {
            return Ok(None);
        }
        for stored in events {
            let taken = stored.decode(&upcasters).ok().and_then(|event| state.take_in(&event.event).ok());
            if stored.sequence != sequence + 1 || taken.is_none() {
                return Ok(None);
            }
            sequence = stored.sequence;
        }
    }
    Ok(Some(state))
}
