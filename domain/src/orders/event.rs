//! What has happened to orders, whichever aggregate it happened to.

use cqrs_es::Aggregate;

use super::order::{Order, OrderEvent};
use crate::event::{BookEvent, EventKind, payload};

/// An event of any aggregate of this context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrdersEvent {
    Order(OrderEvent),
}

impl OrdersEvent {
    pub fn aggregate_type(&self) -> &'static str {
        match self {
            Self::Order(_) => Order::TYPE,
        }
    }

    pub fn kind(&self) -> EventKind {
        match self {
            Self::Order(event) => event.kind(),
        }
    }

    /// The id of the stream it belongs to.
    pub fn stream(&self) -> String {
        match self {
            Self::Order(event) => event.order().to_string(),
        }
    }

    pub(crate) fn to_payload(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Order(event) => payload(event),
        }
    }
}

impl From<OrderEvent> for BookEvent {
    fn from(event: OrderEvent) -> Self {
        Self::Orders(OrdersEvent::Order(event))
    }
}
