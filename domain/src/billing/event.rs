//! What has happened in billing, whichever aggregate it happened to.

use cqrs_es::Aggregate;

use super::bill_numbers::{BillNumbers, BillNumbersEvent};
use super::usage::{Usage, UsageEvent};
use crate::event::{BookEvent, EventKind, payload};

/// An event of any aggregate of this context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BillingEvent {
    Numbers(BillNumbersEvent),
    Usage(UsageEvent),
}

impl BillingEvent {
    pub fn aggregate_type(&self) -> &'static str {
        match self {
            Self::Numbers(_) => BillNumbers::TYPE,
            Self::Usage(_) => Usage::TYPE,
        }
    }

    pub fn kind(&self) -> EventKind {
        match self {
            Self::Numbers(event) => event.kind(),
            Self::Usage(event) => event.kind(),
        }
    }

    /// The id of the stream it belongs to.
    pub fn stream(&self) -> String {
        match self {
            Self::Numbers(BillNumbersEvent::BillNumbersTaken { year, .. }) => BillNumbers::stream_of(*year),
            Self::Usage(event) => event.usage().to_string(),
        }
    }

    pub(crate) fn to_payload(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Numbers(event) => payload(event),
            Self::Usage(event) => payload(event),
        }
    }
}

impl From<BillNumbersEvent> for BookEvent {
    fn from(event: BillNumbersEvent) -> Self {
        Self::Billing(BillingEvent::Numbers(event))
    }
}

impl From<UsageEvent> for BookEvent {
    fn from(event: UsageEvent) -> Self {
        Self::Billing(BillingEvent::Usage(event))
    }
}
