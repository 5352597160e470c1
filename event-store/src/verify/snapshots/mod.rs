//! Whether each snapshot is what the events of its stream come to.
//!
//! A long stream is loaded from its snapshot on, so commands are decided on it: one that was altered is money from
//! nowhere, and no event tells of it. As many as fit in memory are folded while the journal goes by; the streams of
//! others are replayed one by one.

mod followed;

use std::str::FromStr;

use futures::{StreamExt, TryStreamExt, stream};
use serde_json::Value;
use sqlx::PgPool;
use tallybook_domain::{AggregateState, AggregateType};
use tokio_util::task::AbortOnDropHandle;

pub(super) use followed::{Followed, Step, Wanted};

use super::report::{Check, Found};
use crate::journal::unsigned;
use crate::replay::{Replay, ReplayError};
use crate::settings::StoreError;

/// Snapshots read at once.
const PAGE: i64 = 200;

/// A snapshot as it is stored.
struct Stored {
    aggregate_type: String,
    aggregate_id: String,
    last_sequence: u64,
    payload: Value,
    /// Bytes of the payload as text.
    size: u64,
}

/// A snapshot that can be read: what its stream has to come to.
#[derive(Debug)]
struct Kept {
    of: AggregateType,
    aggregate_id: String,
    last_sequence: u64,
    state: AggregateState,
    size: u64,
}

/// Reads all snapshots, and replays the streams of those there is no room to follow.
///
/// To be read before the head is: what a snapshot describes was recorded before it, so the journal up to the head
/// has all of it.
pub(super) async fn read(
    pool: &PgPool,
    parallel: usize,
    mut followed: Followed,
    found: &mut Found,
) -> Result<Followed, StoreError> {
    let mut after = (String::new(), String::new());
    loop {
        let page = page(pool, &after).await?;
        let Some(last) = page.last() else { return Ok(followed) };
        after = (last.aggregate_type.clone(), last.aggregate_id.clone());
        let readable = page.into_iter().filter_map(|stored| kept(stored, found));
        let others: Vec<Kept> = readable.filter_map(|kept| followed.add(kept)).collect();
        let mut wrong =
            stream::iter(others).map(|kept| in_its_own_task(kept, pool.clone())).buffered(parallel);
        while let Some(wrong) = wrong.try_next().await? {
            if let Some(wrong) = wrong {
                found.add(Check::Snapshots, None, wrong);
            }
        }
    }
}

/// The next snapshots in the order of their streams.
async fn page(pool: &PgPool, (kind, id): &(String, String)) -> Result<Vec<Stored>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT aggregate_type, aggregate_id, last_sequence, payload, octet_length(payload::text) AS "size!"
             FROM snapshots
            WHERE (aggregate_type, aggregate_id) > ($1, $2) ORDER BY aggregate_type, aggregate_id LIMIT $3"#,
        kind,
        id,
        PAGE
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let (last_sequence, size) = (unsigned(row.last_sequence)?, unsigned(row.size.into())?);
            let (aggregate_type, aggregate_id, payload) = (row.aggregate_type, row.aggregate_id, row.payload);
            Ok(Stored { aggregate_type, aggregate_id, last_sequence, payload, size })
        })
        .collect()
}

fn kept(stored: Stored, found: &mut Found) -> Option<Kept> {
    let Stored { aggregate_type, aggregate_id, last_sequence, payload, size } = stored;
    let named = (&*aggregate_type, &*aggregate_id, last_sequence);
    let Ok(of) = AggregateType::from_str(&aggregate_type) else {
        found.add(Check::Snapshots, None, detail(named, "is of no aggregate there is"));
        return None;
    };
    let Ok(state) = AggregateState::from_snapshot(of, payload) else {
        found.add(Check::Snapshots, None, detail(named, "cannot be read"));
        return None;
    };
    Some(Kept { of, aggregate_id, last_sequence, state, size })
}

fn detail((kind, id, sequence): (&str, &str, u64), wrong: &str) -> String {
    format!("the snapshot of {kind} {id} at {sequence} {wrong}")
}

impl Kept {
    fn detail(&self, wrong: &str) -> String {
        detail((self.of.as_str(), &self.aggregate_id, self.last_sequence), wrong)
    }

    /// What is wrong with it, if the events up to its sequence come to this state.
    fn differs(&self, sequence: u64, state: &AggregateState) -> Option<String> {
        if sequence != self.last_sequence {
            return Some(self.detail("has not its events"));
        }
        (*state != self.state).then(|| self.detail("is not what its events come to"))
    }
}

/// Streams are replayed on all processors, not just at the same time.
async fn in_its_own_task(kept: Kept, pool: PgPool) -> Result<Option<String>, StoreError> {
    let task = AbortOnDropHandle::new(tokio::spawn(replayed(kept, pool)));
    Ok(task.await.map_err(|error| StoreError::Corrupt(error.to_string()))??)
}

/// What is wrong with a snapshot, by its stream alone.
async fn replayed(kept: Kept, pool: PgPool) -> Result<Option<String>, sqlx::Error> {
    let mut replay = Replay::new(kept.of, kept.aggregate_id.as_str());
    match replay.skip_to(&pool, kept.last_sequence).await {
        Ok(()) => Ok(kept.differs(replay.sequence(), replay.state())),
        Err(ReplayError::Database(error)) => Err(error),
        Err(error) => Ok(Some(kept.detail(&format!("has not its events: {error}")))),
    }
}
