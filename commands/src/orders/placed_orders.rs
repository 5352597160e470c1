//! Which orders a customer has placed that have not come so far: read from the journal, which is never behind.

use tallybook_domain::CustomerId;
use tallybook_domain::orders::OrderId;
use tallybook_event_store::{Book, StoreError};

/// Those to which none of these events has happened. How they stand, they say in the decision.
pub(crate) async fn placed_orders(
    book: &Book,
    customer: &CustomerId,
    without: &[&str],
) -> Result<Vec<OrderId>, StoreError> {
    let placed: Vec<String> = sqlx::query_scalar(
        "SELECT placed.aggregate_id FROM events AS placed
          WHERE placed.aggregate_type = 'order' AND placed.event_type = 'OrderPlaced'
            AND placed.payload -> 'OrderPlaced' ->> 'customer' = $1
            AND NOT EXISTS (SELECT FROM events AS ended
                             WHERE ended.aggregate_id = placed.aggregate_id AND ended.aggregate_type = 'order'
                               AND ended.event_type = ANY($2))",
    )
    .bind(customer.as_str())
    .bind(without)
    .fetch_all(book.pool())
    .await?;
    let parse =
        |id: String| id.parse().map_err(|_| StoreError::Corrupt(format!("{id:?} is the id of no order")));
    placed.into_iter().map(parse).collect()
}
