//! What has happened in a bill run.

use chrono::NaiveDate;
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
        /// Unless it is as always: everyone with a plan, issued on the day itself.
        #[serde(default, skip_serializing_if = "RunTerms::are_usual")]
        terms: RunTerms,
    },
    /// It goes on after a stop, with so many customers in all. Those passed over before are looked at, and counted, again.
    BillRunTakenUp {
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

/// What a run is to do. Whoever takes it up after the first has died has to know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunTerms {
    /// Only these customers; everyone with a plan, if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<CustomerId>,
    /// The book's today, if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue_date: Option<NaiveDate>,
    /// From the issue date to the due date; the usual term, if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_term_days: Option<u16>,
}

impl RunTerms {
    fn are_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// A customer who could not be billed, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedCustomer {
    pub customer: CustomerId,
    pub reason: String,
}

const STARTED: EventKind = EventKind::first_version("BillRunStarted");
const TAKEN_UP: EventKind = EventKind::first_version("BillRunTakenUp");
const BILLED: EventKind = EventKind::first_version("CustomersBilled");
const FINISHED: EventKind = EventKind::first_version("BillRunFinished");

impl BillRunEvent {
    pub const KINDS: [EventKind; 4] = [STARTED, TAKEN_UP, BILLED, FINISHED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::BillRunStarted { .. } => STARTED,
            Self::BillRunTakenUp { .. } => TAKEN_UP,
            Self::CustomersBilled { .. } => BILLED,
            Self::BillRunFinished { .. } => FINISHED,
        }
    }

    pub fn period(&self) -> Month {
        match self {
            Self::BillRunStarted { period, .. }
            | Self::BillRunTakenUp { period, .. }
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
