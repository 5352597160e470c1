//! Orders that would keep a customer open: those that are not at their end.

use tallybook_domain::CustomerId;
use tallybook_domain::customers::OpenItem;
use tallybook_domain::orders::{Order, OrderId};
use tallybook_event_store::{Book, Decision, StoreError, StreamKey};

/// All orders a customer has placed: how they stand, they say in the decision. One that is placed between the search and
/// the decision is not seen; it can still be cancelled, refunded and completed.
#[derive(Debug, Clone)]
pub(super) struct Orders(Vec<OrderId>);

impl Orders {
    pub(super) async fn of(book: &Book, customer: &CustomerId) -> Result<Self, StoreError> {
        let placed: Vec<String> = sqlx::query_scalar(
            "SELECT placed.aggregate_id FROM events AS placed
              WHERE placed.aggregate_type = 'order' AND placed.event_type = 'OrderPlaced'
                AND placed.payload -> 'OrderPlaced' ->> 'customer' = $1
                AND NOT EXISTS (SELECT FROM events AS ended
                                 WHERE ended.aggregate_id = placed.aggregate_id AND ended.aggregate_type = 'order'
                                   AND ended.event_type IN ('OrderCompleted', 'OrderCancelled', 'OrderClosed'))",
        )
        .bind(customer.as_str())
        .fetch_all(book.pool())
        .await?;
        let parse =
            |id: String| id.parse().map_err(|_| StoreError::Corrupt(format!("{id:?} is the id of no order")));
        placed.into_iter().map(parse).collect::<Result<_, _>>().map(Self)
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
