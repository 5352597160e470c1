//! What can be asked of an order.

use chrono::{DateTime, NaiveDate, Utc};

use super::{OrderTerms, PaidWith, ShippedPart};
use crate::money::Money;
use crate::orders::{Carrier, OrderId, RefundId, TrackingNo};
use crate::text::Reason;

/// `today` is the book's day, by which an effective date is judged; `now` the moment of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderCommand {
    /// The same order again decides nothing.
    Place { order: OrderId, terms: OrderTerms, pay_by: DateTime<Utc>, today: NaiveDate },
    /// All of it is paid. A second time with the same money decides nothing.
    Pay { order: OrderId, paid_with: PaidWith, amount: Money, effective_date: NaiveDate, today: NaiveDate },
    /// Somebody gives up an order that is not paid.
    Cancel { order: OrderId, reason: Option<Reason> },
    Ship {
        order: OrderId,
        parts: Vec<ShippedPart>,
        carrier: Option<Carrier>,
        tracking_no: Option<TrackingNo>,
        /// Nothing more will be shipped, although something is left.
        last: bool,
        /// By when the customer is taken to have received it, if this is the last part.
        receive_by: DateTime<Utc>,
    },
    /// Somebody says that the customer has it.
    Receive {
        order: OrderId,
        /// When the refund window ends.
        complete_by: DateTime<Utc>,
    },
    /// Takes the step whose time has come, if there is one: the time is that of the order, whoever asks and how often.
    TakeDueStep {
        order: OrderId,
        now: DateTime<Utc>,
        /// When the refund window ends, if this is the step of receiving.
        complete_by: DateTime<Utc>,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// Sets money aside for a refund: it cannot be asked back twice.
    RequestRefund { order: OrderId, refund: RefundId, amount: Money },
    /// The money of an open refund went back. What went back in full closes the order.
    Refund { order: OrderId, refund: RefundId, effective_date: NaiveDate, today: NaiveDate },
    /// The money of a refund that had come to nothing went back after all, whether the order is completed or not.
    RefundAfterAll {
        order: OrderId,
        refund: RefundId,
        amount: Money,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    /// An open refund came to nothing.
    ReleaseRefund { order: OrderId, refund: RefundId },
}

impl OrderCommand {
    pub(super) fn order(&self) -> &OrderId {
        match self {
            Self::Place { order, .. }
            | Self::Pay { order, .. }
            | Self::Cancel { order, .. }
            | Self::Ship { order, .. }
            | Self::Receive { order, .. }
            | Self::TakeDueStep { order, .. }
            | Self::RequestRefund { order, .. }
            | Self::Refund { order, .. }
            | Self::RefundAfterAll { order, .. }
            | Self::ReleaseRefund { order, .. } => order,
        }
    }
}
