//! What has happened to orders, whichever aggregate it happened to.

use cqrs_es::Aggregate;

use super::order::{Order, OrderEvent};
use super::payment::{Payment, PaymentEvent};
use super::refund::{OrderRefund, OrderRefundEvent};
use crate::event::{BookEvent, EventKind, payload};

/// An event of any aggregate of this context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrdersEvent {
    Order(OrderEvent),
    Payment(PaymentEvent),
    Refund(OrderRefundEvent),
}

impl OrdersEvent {
    pub fn aggregate_type(&self) -> &'static str {
        match self {
            Self::Order(_) => Order::TYPE,
            Self::Payment(_) => Payment::TYPE,
            Self::Refund(_) => OrderRefund::TYPE,
        }
    }

    pub fn kind(&self) -> EventKind {
        match self {
            Self::Order(event) => event.kind(),
            Self::Payment(event) => event.kind(),
            Self::Refund(event) => event.kind(),
        }
    }

    /// The id of the stream it belongs to.
    pub fn stream(&self) -> String {
        match self {
            Self::Order(event) => event.order().to_string(),
            Self::Payment(event) => event.payment().to_string(),
            Self::Refund(event) => event.refund().to_string(),
        }
    }

    pub(crate) fn to_payload(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Order(event) => payload(event),
            Self::Payment(event) => payload(event),
            Self::Refund(event) => payload(event),
        }
    }
}

impl From<OrderEvent> for BookEvent {
    fn from(event: OrderEvent) -> Self {
        Self::Orders(OrdersEvent::Order(event))
    }
}

impl From<PaymentEvent> for BookEvent {
    fn from(event: PaymentEvent) -> Self {
        Self::Orders(OrdersEvent::Payment(event))
    }
}

impl From<OrderRefundEvent> for BookEvent {
    fn from(event: OrderRefundEvent) -> Self {
        Self::Orders(OrdersEvent::Refund(event))
    }
}
