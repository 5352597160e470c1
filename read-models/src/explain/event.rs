//! An event as a reason for a figure.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use tallybook_domain::ledger::effective_date;
use tallybook_domain::{BookEvent, EventMetadata, upcasters};
use utoipa::ToSchema;

use super::ExplainError;
use crate::query::{ReadError, Total, counted};
use crate::schema;

/// An event that moved the figure, who caused it, and by how much it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExplainingEvent {
    pub position: u64,
    pub recorded_at: DateTime<Utc>,
    #[schema(example = "DepositRecorded")]
    pub event_type: String,
    #[schema(example = "wallet")]
    pub aggregate_type: String,
    #[schema(example = "C00042.CNY")]
    pub aggregate_id: String,
    /// The business date; a hold has none.
    pub effective_date: Option<NaiveDate>,
    #[schema(example = "user:fin")]
    pub actor: String,
    pub request_id: Option<String>,
    pub reason: Option<String>,
    /// Signed: by how much the figure is larger for it, as the stored event says.
    #[schema(value_type = schema::Money)]
    pub amount: Total,
    /// What the line of the ledger says instead, if it does not say the same; otherwise `null`.
    #[schema(value_type = Option<schema::Money>)]
    pub differing_line: Option<Total>,
}

/// A stored event, so far as it is needed.
#[derive(Debug)]
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
}

impl EventRow {
    pub(super) fn decode(&self) -> Result<BookEvent, ExplainError> {
        let Self { aggregate_type, event_type, event_version, payload, .. } = self;
        match BookEvent::decode(aggregate_type, event_type, event_version, payload, &upcasters()) {
            Ok(event) => Ok(event),
            Err(source) => Err(ExplainError::Unreadable { position: counted(self.position)?, source }),
        }
    }

    pub(super) fn shown(
        &self,
        event: &BookEvent,
        amount: Total,
        differing_line: Option<Total>,
    ) -> Result<ExplainingEvent, ExplainError> {
        let position = counted(self.position)?;
        let metadata: EventMetadata = serde_json::from_str(&self.metadata)
            .map_err(|error| ReadError::Corrupt(format!("the metadata at position {position}: {error}")))?;
        Ok(ExplainingEvent {
            position,
            recorded_at: self.recorded_at,
            event_type: self.event_type.clone(),
            aggregate_type: self.aggregate_type.clone(),
            aggregate_id: self.aggregate_id.clone(),
            effective_date: effective_date(event),
            actor: metadata.actor,
            request_id: metadata.request_id,
            reason: metadata.reason,
            amount,
            differing_line,
        })
    }
}
