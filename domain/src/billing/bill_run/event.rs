//! What has happened in a bill run.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::event::EventKind;
use crate::ids::CustomerId;
use crate::money::Money;
use crate::month::Month;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BillRunEvent {
    /// So many customers have a plan in this month.
    BillRunStarted {
        period: Month,
        customers: u64,
    },
    /// A chunk of them was billed, in the same decision as their bills.
    CustomersBilled {
        period: Month,
        /// New bills.
        billed: u64,
        /// What the new bills come to, by currency.
        totals: Vec<Money>,
        /// Had a bill already, or no day under a plan.
        skipped: u64,
        /// Could not be billed: somebody has to look.
        parked: Vec<ParkedCustomer>,
    },
    BillRunFinished {
        period: Month,
    },
}

/// A customer who could not be billed, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedCustomer {
    pub customer: CustomerId,
    pub reason: String,
}

const STARTED: EventKind = EventKind::first_version("BillRunStarted");
const BILLED: EventKind = EventKind::first_version("CustomersBilled");
const FINISHED: EventKind = EventKind::first_version("BillRunFinished");

impl BillRunEvent {
    pub const KINDS: [EventKind; 3] = [STARTED, BILLED, FINISHED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::BillRunStarted { .. } => STARTED,
            Self::CustomersBilled { .. } => BILLED,
            Self::BillRunFinished { .. } => FINISHED,
        }
    }

    pub fn period(&self) -> Month {
        match self {
            Self::BillRunStarted { period, .. }
            | Self::CustomersBilled { period, .. }
            | Self::BillRunFinished { period } => *period,
        }
    }
}

impl DomainEvent for BillRunEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
