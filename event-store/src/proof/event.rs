//! An event as a proof carries it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::canonical::{LeafFields, leaf_hash};
use crate::journal::StoredEvent;
use crate::merkle::Hash;

/// Everything of an event that its leaf hash covers. `payload` and `metadata` are texts, not JSON within JSON: the
/// hash is over their very bytes, and whoever reformats the file must not change them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvedEvent {
    pub position: u64,
    pub sequence: u64,
    pub recorded_at: DateTime<Utc>,
    pub aggregate_type: String,
    pub aggregate_id: String,
    pub event_type: String,
    pub event_version: String,
    pub payload: String,
    pub metadata: String,
}

impl ProvedEvent {
    pub fn leaf(&self) -> Hash {
        leaf_hash(&LeafFields {
            position: self.position,
            sequence: self.sequence,
            recorded_at: self.recorded_at,
            aggregate_type: &self.aggregate_type,
            aggregate_id: &self.aggregate_id,
            event_type: &self.event_type,
            event_version: &self.event_version,
            payload: &self.payload,
            metadata: &self.metadata,
        })
    }
}

impl From<StoredEvent> for ProvedEvent {
    fn from(event: StoredEvent) -> Self {
        Self {
            position: event.position,
            sequence: event.sequence,
            recorded_at: event.recorded_at,
            aggregate_type: event.aggregate_type,
            aggregate_id: event.aggregate_id,
            event_type: event.event_type,
            event_version: event.event_version,
            payload: event.payload,
            metadata: event.metadata,
        }
    }
}
