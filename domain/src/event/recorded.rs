//! An event with its place in the journal and who caused it.
//!
//! Must never be made up: only the lane gives an event its position and its moment.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::BookEvent;

/// An event as the journal holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Its place in the book: 1, 2, 3 … without gaps.
    pub position: u64,
    /// When the lane wrote it down, to the microsecond.
    pub recorded_at: DateTime<Utc>,
    pub aggregate_id: String,
    /// Its place in its aggregate's stream: 1, 2, 3 … without gaps.
    pub sequence: u64,
    pub metadata: EventMetadata,
    pub event: BookEvent,
}

/// Who caused an event, and by which request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventMetadata {
    pub actor: String,
    pub command_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_address: Option<String>,
}
