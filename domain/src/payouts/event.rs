//! What has happened about payouts, whichever aggregate it happened to.

use cqrs_es::Aggregate;

use super::batch::{PayoutBatch, PayoutBatchEvent};
use super::payout::{Payout, PayoutEvent};
use crate::event::{BookEvent, EventKind, payload};

/// An event of any aggregate of this context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayoutsEvent {
    Payout(PayoutEvent),
    Batch(PayoutBatchEvent),
}

impl PayoutsEvent {
    pub fn aggregate_type(&self) -> &'static str {
        match self {
            Self::Payout(_) => Payout::TYPE,
            Self::Batch(_) => PayoutBatch::TYPE,
        }
    }

    pub fn kind(&self) -> EventKind {
        match self {
            Self::Payout(event) => event.kind(),
            Self::Batch(event) => event.kind(),
        }
    }

    /// The id of the stream it belongs to.
    pub fn stream(&self) -> String {
        match self {
            Self::Payout(event) => event.payout().to_string(),
            Self::Batch(event) => event.batch().to_string(),
        }
    }

    pub(crate) fn to_payload(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Payout(event) => payload(event),
            Self::Batch(event) => payload(event),
        }
    }
}

impl From<PayoutEvent> for BookEvent {
    fn from(event: PayoutEvent) -> Self {
        Self::Payouts(PayoutsEvent::Payout(event))
    }
}

impl From<PayoutBatchEvent> for BookEvent {
    fn from(event: PayoutBatchEvent) -> Self {
        Self::Payouts(PayoutsEvent::Batch(event))
    }
}
