//! What has happened about a bill or an order that passes a credit limit.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{CreditPolicy, CreditSubject};
use crate::billing::BillId;
use crate::event::EventKind;
use crate::ids::CustomerId;
use crate::money::Money;
use crate::orders::OrderId;
use crate::text::Remark;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CreditAlertEvent {
    /// With this bill the customer owes more than its limit, or would, had it been issued.
    CreditLimitPassed {
        bill: BillId,
        policy: CreditPolicy,
        limit: Money,
        /// What is open of all the customer's bills in the limit's currency, this one among them, and what its orders
        /// come to that wait for their payment.
        exposure: Money,
        /// The bill's debit note that did it, if it was not the bill's issue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<u32>,
        /// The day in the book.
        date: NaiveDate,
    },
    /// With this order, as long as it is not paid, more is owed and waited for than the customer's limit.
    CreditLimitPassedByOrder {
        order: OrderId,
        customer: CustomerId,
        policy: CreditPolicy,
        limit: Money,
        /// As of a bill, this order among those that wait.
        exposure: Money,
        /// The day in the book.
        date: NaiveDate,
    },
    /// Somebody has seen to it.
    CreditAlertAcknowledged { bill: BillId, remark: Remark },
    /// Somebody has seen to that of an order.
    OrderCreditAlertAcknowledged { order: OrderId, remark: Remark },
}

const PASSED: EventKind = EventKind::first_version("CreditLimitPassed");
const PASSED_BY_ORDER: EventKind = EventKind::first_version("CreditLimitPassedByOrder");
const ACKNOWLEDGED: EventKind = EventKind::first_version("CreditAlertAcknowledged");
const ACKNOWLEDGED_OF_ORDER: EventKind = EventKind::first_version("OrderCreditAlertAcknowledged");

impl CreditAlertEvent {
    pub const KINDS: [EventKind; 4] = [PASSED, PASSED_BY_ORDER, ACKNOWLEDGED, ACKNOWLEDGED_OF_ORDER];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::CreditLimitPassed { .. } => PASSED,
            Self::CreditLimitPassedByOrder { .. } => PASSED_BY_ORDER,
            Self::CreditAlertAcknowledged { .. } => ACKNOWLEDGED,
            Self::OrderCreditAlertAcknowledged { .. } => ACKNOWLEDGED_OF_ORDER,
        }
    }

    pub fn subject(&self) -> CreditSubject {
        match self {
            Self::CreditLimitPassed { bill, .. } | Self::CreditAlertAcknowledged { bill, .. } => {
                bill.clone().into()
            }
            Self::CreditLimitPassedByOrder { order, .. }
            | Self::OrderCreditAlertAcknowledged { order, .. } => order.clone().into(),
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
