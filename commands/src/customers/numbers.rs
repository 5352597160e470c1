//! The numbers customers go by. Those of refused and repeated registrations are never used again.

use tallybook_domain::CustomerId;
use tallybook_event_store::{Book, StoreError};

pub(super) async fn next_customers(book: &Book, count: usize) -> Result<Vec<CustomerId>, StoreError> {
    let numbers = sqlx::query_scalar!(
        r#"SELECT nextval('customer_number') AS "number!" FROM generate_series(1, $1::bigint)"#,
        i64::try_from(count).unwrap_or(i64::MAX)
    )
    .fetch_all(book.pool())
    .await?;
    Ok(numbers.into_iter().map(|number| CustomerId::from_number(number.unsigned_abs())).collect())
}

/// The numbers the next registrations would get, if no others come first.
pub(super) async fn peek_customers(book: &Book, count: usize) -> Result<Vec<CustomerId>, StoreError> {
    let next = sqlx::query_scalar!(
        r#"SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END AS "number!" FROM customer_number"#
    )
    .fetch_one(book.pool())
    .await?
    .unsigned_abs();
    Ok((next..).take(count).map(CustomerId::from_number).collect())
}
