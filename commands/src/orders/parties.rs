//! Whose an order is: read from the event that placed it, which never changes.

use tallybook_domain::orders::{Order, OrderEvent, OrderId, OrderRefusal, OrderTerms};
use tallybook_domain::{EventSourced, Refusal};
use tallybook_event_store::{Book, CommandError, StreamKey};

/// What was ordered by whom.
pub(super) async fn terms_of(book: &Book, order: &OrderId) -> Result<OrderTerms, CommandError> {
    let first = book.event_at(&StreamKey::existing::<Order>(order), 1).await?;
    match first.as_ref().and_then(|first| Order::pick(&first.event)) {
        Some(OrderEvent::OrderPlaced { terms, .. }) => Ok(terms.clone()),
        Some(_) | None => Err(Refusal::from(OrderRefusal::NotFound { order: order.clone() }).into()),
    }
}
