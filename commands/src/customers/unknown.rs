//! Ids nobody was registered under, for who is about to make keys for them. Must never decide: a customer can be
//! registered a moment later.

use std::collections::HashSet;

use tallybook_domain::CustomerId;
use tallybook_event_store::{Book, StoreError};

/// Those of the ids that are no customer's.
pub(super) async fn unknown(
    book: &Book,
    customers: HashSet<CustomerId>,
) -> Result<HashSet<CustomerId>, StoreError> {
    if customers.is_empty() {
        return Ok(customers);
    }
    let ids: Vec<String> = customers.iter().map(ToString::to_string).collect();
    let known = sqlx::query_scalar!(
        "SELECT aggregate_id FROM events
          WHERE aggregate_type = 'customer' AND sequence = 1 AND aggregate_id = ANY($1)",
        &ids
    )
    .fetch_all(book.pool())
    .await?;
    let known: HashSet<String> = known.into_iter().collect();
    Ok(customers.into_iter().filter(|customer| !known.contains(customer.as_str())).collect())
}
