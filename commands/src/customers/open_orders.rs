//! Orders that would keep a customer open: those that are not at their end.

use tallybook_domain::CustomerId;
use tallybook_domain::customers::OpenItem;
use tallybook_domain::orders::{Order, OrderId};
use tallybook_event_store::{Book, Decision, StoreError, StreamKey};

use crate::orders::placed_orders;

/// All orders a customer has placed: how they stand, they say in the decision. One that is placed between the search and
/// the decision is not seen; it can still be cancelled, refunded and completed.
#[derive(Debug, Clone)]
pub(super) struct Orders(Vec<OrderId>);

impl Orders {
    pub(super) async fn of(book: &Book, customer: &CustomerId) -> Result<Self, StoreError> {
        placed_orders(book, customer, &["OrderCompleted", "OrderCancelled", "OrderClosed"]).await.map(Self)
    }

    pub(super) fn streams(&self) -> impl Iterator<Item = StreamKey> {
        self.0.iter().map(StreamKey::existing::<Order>)
    }

    pub(super) fn open(&self, decision: &Decision<'_>) -> Vec<OpenItem> {
        self.0
            .iter()
            .filter_map(|order| OpenItem::of_order(order, decision.state::<Order>(order.as_str())))
            .collect()
    }
}
