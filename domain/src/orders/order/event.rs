//! What has happened to an order.

use chrono::{DateTime, NaiveDate, Utc};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{OrderTerms, PaidWith, ShippedPart};
use crate::billing::bill::Amounts;
use crate::event::EventKind;
use crate::ids::CustomerId;
use crate::money::Money;
use crate::orders::{Carrier, OrderId, RefundId, TrackingNo};
use crate::text::Reason;

/// Who took a step that time takes too. Which person, is in the event's metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepBy {
    Person,
    Timer,
}

impl StepBy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Timer => "timer",
        }
    }
}

/// Amounts are positive, but for the tax there may not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderEvent {
    OrderPlaced {
        order: OrderId,
        #[serde(flatten)]
        terms: OrderTerms,
        /// The book's day.
        placed_date: NaiveDate,
        /// From then on it is cancelled if it is not paid.
        pay_by: DateTime<Utc>,
    },
    /// All of it is paid: the money is owed to the customer until the order is completed.
    OrderPaid {
        order: OrderId,
        customer: CustomerId,
        #[serde(flatten)]
        paid_with: PaidWith,
        amount: Money,
        /// The day it was placed on.
        placed_date: NaiveDate,
        effective_date: NaiveDate,
    },
    OrderShipped {
        order: OrderId,
        parts: Vec<ShippedPart>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        carrier: Option<Carrier>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tracking_no: Option<TrackingNo>,
        /// Of the last part: from then on it is taken for received.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receive_by: Option<DateTime<Utc>>,
    },
    OrderReceived {
        order: OrderId,
        by: StepBy,
        /// When the refund window ends.
        complete_by: DateTime<Utc>,
    },
    /// What was paid and not refunded is earned.
    OrderCompleted {
        order: OrderId,
        customer: CustomerId,
        /// Revenue, the tax that was in the price, and both together.
        amounts: Amounts,
        effective_date: NaiveDate,
    },
    /// It was not paid. By the timer, because nobody had paid in time.
    OrderCancelled {
        order: OrderId,
        customer: CustomerId,
        by: StepBy,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// Money was set aside for a refund.
    OrderRefundRequested { order: OrderId, refund: RefundId, amount: Money },
    /// The money of a refund went back the way it had come.
    OrderRefunded {
        order: OrderId,
        customer: CustomerId,
        refund: RefundId,
        #[serde(flatten)]
        paid_with: PaidWith,
        amount: Money,
        effective_date: NaiveDate,
        /// Of an order that was completed before: what of it had been revenue, and what tax.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        earned: Option<Amounts>,
    },
    /// A refund came to nothing: its money can be asked back again.
    OrderRefundReleased { order: OrderId, refund: RefundId, amount: Money },
    /// All that was paid went back: nothing more becomes of the order.
    OrderClosed { order: OrderId },
}

const PLACED: EventKind = EventKind::first_version("OrderPlaced");
const PAID: EventKind = EventKind::first_version("OrderPaid");
const SHIPPED: EventKind = EventKind::first_version("OrderShipped");
const RECEIVED: EventKind = EventKind::first_version("OrderReceived");
const COMPLETED: EventKind = EventKind::first_version("OrderCompleted");
const CANCELLED: EventKind = EventKind::first_version("OrderCancelled");
const REFUND_REQUESTED: EventKind = EventKind::first_version("OrderRefundRequested");
const REFUNDED: EventKind = EventKind::first_version("OrderRefunded");
const REFUND_RELEASED: EventKind = EventKind::first_version("OrderRefundReleased");
const CLOSED: EventKind = EventKind::first_version("OrderClosed");

impl OrderEvent {
    pub const KINDS: [EventKind; 10] = [
        PLACED,
        PAID,
        SHIPPED,
        RECEIVED,
        COMPLETED,
        CANCELLED,
        REFUND_REQUESTED,
        REFUNDED,
        REFUND_RELEASED,
        CLOSED,
    ];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::OrderPlaced { .. } => PLACED,
            Self::OrderPaid { .. } => PAID,
            Self::OrderShipped { .. } => SHIPPED,
            Self::OrderReceived { .. } => RECEIVED,
            Self::OrderCompleted { .. } => COMPLETED,
            Self::OrderCancelled { .. } => CANCELLED,
            Self::OrderRefundRequested { .. } => REFUND_REQUESTED,
            Self::OrderRefunded { .. } => REFUNDED,
            Self::OrderRefundReleased { .. } => REFUND_RELEASED,
            Self::OrderClosed { .. } => CLOSED,
        }
    }

    pub fn order(&self) -> &OrderId {
        match self {
            Self::OrderPlaced { order, .. }
            | Self::OrderPaid { order, .. }
            | Self::OrderShipped { order, .. }
            | Self::OrderReceived { order, .. }
            | Self::OrderCompleted { order, .. }
            | Self::OrderCancelled { order, .. }
            | Self::OrderRefundRequested { order, .. }
            | Self::OrderRefunded { order, .. }
            | Self::OrderRefundReleased { order, .. }
            | Self::OrderClosed { order } => order,
        }
    }

    /// The business date, of steps that have one.
    pub fn effective_date(&self) -> Option<NaiveDate> {
        match self {
            Self::OrderPaid { effective_date, .. }
            | Self::OrderCompleted { effective_date, .. }
            | Self::OrderRefunded { effective_date, .. } => Some(*effective_date),
            Self::OrderPlaced { .. }
            | Self::OrderShipped { .. }
            | Self::OrderReceived { .. }
            | Self::OrderCancelled { .. }
            | Self::OrderRefundRequested { .. }
            | Self::OrderRefundReleased { .. }
            | Self::OrderClosed { .. } => None,
        }
    }
}

impl DomainEvent for OrderEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
