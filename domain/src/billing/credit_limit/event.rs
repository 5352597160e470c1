//! What has happened about a bill that passes a credit limit.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::CreditPolicy;
use crate::billing::BillId;
use crate::event::EventKind;
use crate::money::Money;
use crate::text::Remark;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CreditAlertEvent {
    /// With this bill the customer owes more than its limit, or would, had it been issued.
    CreditLimitPassed {
        bill: BillId,
        policy: CreditPolicy,
        limit: Money,
        /// What is open of all the customer's bills in the limit's currency, this one among them.
        exposure: Money,
        /// The bill's debit note that did it, if it was not the bill's issue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<u32>,
        /// The day in the book.
        date: NaiveDate,
    },
    /// Somebody has seen to it.
    CreditAlertAcknowledged { bill: BillId, remark: Remark },
}

const PASSED: EventKind = EventKind::first_version("CreditLimitPassed");
const ACKNOWLEDGED: EventKind = EventKind::first_version("CreditAlertAcknowledged");

impl CreditAlertEvent {
    pub const KINDS: [EventKind; 2] = [PASSED, ACKNOWLEDGED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::CreditLimitPassed { .. } => PASSED,
            Self::CreditAlertAcknowledged { .. } => ACKNOWLEDGED,
        }
    }

    pub fn bill(&self) -> &BillId {
        match self {
            Self::CreditLimitPassed { bill, .. } | Self::CreditAlertAcknowledged { bill, .. } => bill,
        }
    }
}

impl DomainEvent for CreditAlertEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
