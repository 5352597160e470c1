//! Snapshots of long streams: written after the commit they describe, never ahead of it, never backwards.

use serde_json::Value;
use sqlx::PgPool;

use crate::aggregate::{Entry, StreamId};
use crate::journal::signed;

/// A durable aggregate at a sequence.
pub(crate) struct Snapshot {
    pub(crate) stream: StreamId,
    pub(crate) sequence: u64,
    pub(crate) state: Value,
}

impl Snapshot {
    /// `None` if the aggregate does not serialise, which costs nothing but the snapshot.
    pub(crate) fn of(stream: &StreamId, entry: &Entry) -> Option<Self> {
        match entry.state.snapshot() {
            Ok(state) => Some(Self { stream: stream.clone(), sequence: entry.sequence, state }),
            Err(error) => {
                tracing::error!(%error, ?stream, "an aggregate does not serialise");
                None
            }
        }
    }
}

/// Keeps the snapshot if none that is as late is there; a lost one only makes the next load longer.
pub(crate) async fn keep(pool: &PgPool, snapshot: &Snapshot) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO snapshots (aggregate_type, aggregate_id, last_sequence, current_snapshot, payload)
         VALUES ($1, $2, $3, 1, $4)
         ON CONFLICT ON CONSTRAINT snapshots_pkey DO UPDATE
            SET last_sequence = EXCLUDED.last_sequence, payload = EXCLUDED.payload,
                current_snapshot = snapshots.current_snapshot + 1
          WHERE snapshots.last_sequence < EXCLUDED.last_sequence",
        &*snapshot.stream.kind,
        &*snapshot.stream.id,
        signed(snapshot.sequence)?,
        snapshot.state
    )
    .execute(pool)
    .await?;
    Ok(())
}
