//! An event as a client sees it: exactly the stored text, and what is needed to check its hash.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use tallybook_event_store::journal::StoredEvent;
use utoipa::ToSchema;

use super::list_events::EventFilter;
use crate::answer::{Cell, Tabular};
use crate::problem::Problem;

/// One event of the journal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventView {
    /// Its place in the book: 1, 2, 3 … without gaps.
    position: u64,
    recorded_at: DateTime<Utc>,
    #[schema(example = "wallet")]
    aggregate_type: String,
    #[schema(example = "C00042.CNY")]
    aggregate_id: String,
    /// Its place in its aggregate's stream.
    sequence: u64,
    #[schema(example = "DepositRecorded")]
    event_type: String,
    #[schema(example = "1.0")]
    event_version: String,
    /// What happened, tagged with the event's type; exactly the stored text.
    #[schema(value_type = Object)]
    payload: Box<RawValue>,
    /// Who caused it and how: `actor`, `command_id`, `request_id`, `reason`, `client_address`; exactly the stored text.
    #[schema(value_type = Object)]
    metadata: Box<RawValue>,
    /// SHA-256 of the event's canonical bytes, hexadecimal: its leaf in the Merkle tree.
    leaf_hash: String,
}

impl EventView {
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn is_of(&self, filter: &EventFilter) -> bool {
        filter.aggregate_id.as_ref().is_none_or(|id| *id == self.aggregate_id)
            && filter.event_type.is_none_or(|event_type| event_type == self.event_type)
    }
}

impl TryFrom<StoredEvent> for EventView {
    type Error = serde_json::Error;

    fn try_from(event: StoredEvent) -> Result<Self, Self::Error> {
        Ok(Self {
            position: event.position,
            recorded_at: event.recorded_at,
            aggregate_type: event.aggregate_type,
            aggregate_id: event.aggregate_id,
            sequence: event.sequence,
            event_type: event.event_type,
            event_version: event.event_version,
            payload: RawValue::from_string(event.payload)?,
            metadata: RawValue::from_string(event.metadata)?,
            leaf_hash: hex::encode(event.leaf_hash),
        })
    }
}

/// The columns of an event, for queries of this context.
pub(super) struct EventRow {
    pub(super) position: i64,
    pub(super) sequence: i64,
    pub(super) recorded_at: DateTime<Utc>,
    pub(super) aggregate_type: String,
    pub(super) aggregate_id: String,
    pub(super) event_type: String,
    pub(super) event_version: String,
    pub(super) payload: String,
    pub(super) metadata: String,
    pub(super) leaf_hash: Vec<u8>,
}

impl TryFrom<EventRow> for EventView {
    type Error = Problem;

    fn try_from(row: EventRow) -> Result<Self, Self::Error> {
        Ok(Self {
            position: u64::try_from(row.position).map_err(Problem::internal)?,
            recorded_at: row.recorded_at,
            aggregate_type: row.aggregate_type,
            aggregate_id: row.aggregate_id,
            sequence: u64::try_from(row.sequence).map_err(Problem::internal)?,
            event_type: row.event_type,
            event_version: row.event_version,
            payload: RawValue::from_string(row.payload).map_err(Problem::internal)?,
            metadata: RawValue::from_string(row.metadata).map_err(Problem::internal)?,
            leaf_hash: hex::encode(row.leaf_hash),
        })
    }
}

impl Tabular for EventView {
    const COLUMNS: &'static [&'static str] = &[
        "position",
        "recorded_at",
        "aggregate_type",
        "aggregate_id",
        "sequence",
        "event_type",
        "event_version",
        "payload",
        "metadata",
        "leaf_hash",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Integer(self.position),
            Cell::at(self.recorded_at),
            Cell::text(&self.aggregate_type),
            Cell::text(&self.aggregate_id),
            Cell::Integer(self.sequence),
            Cell::text(&self.event_type),
            Cell::text(&self.event_version),
            Cell::text(&self.payload),
            Cell::text(&self.metadata),
            Cell::text(&self.leaf_hash),
        ]
    }
}
