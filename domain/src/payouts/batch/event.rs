//! What has happened to a batch.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::event::EventKind;
use crate::payouts::{Debtor, PayoutBatchId, PayoutId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PayoutBatchEvent {
    /// The orders of these payouts are written, for one file.
    PayoutBatchMade {
        batch: PayoutBatchId,
        /// As the settings had it then: the file stays as it is.
        debtor: Debtor,
        /// The day on which the bank is to pay.
        execution_date: NaiveDate,
        /// In the order of the file.
        payouts: Vec<PayoutId>,
    },
}

const MADE: EventKind = EventKind::first_version("PayoutBatchMade");

impl PayoutBatchEvent {
    pub const KINDS: [EventKind; 1] = [MADE];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::PayoutBatchMade { .. } => MADE,
        }
    }

    pub fn batch(&self) -> &PayoutBatchId {
        match self {
            Self::PayoutBatchMade { batch, .. } => batch,
        }
    }
}

impl DomainEvent for PayoutBatchEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
