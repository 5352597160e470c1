//! Orders whose next step takes itself, and whose time for it has come.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use tallybook_domain::orders::OrderId;

use crate::query::{ReadError, counted, read};

/// At most so many, those first that have waited longest, each with the position it was last changed at.
///
/// A received order is not due while money is asked back.
pub async fn orders_due(
    pool: &PgPool,
    now: DateTime<Utc>,
    at_most: i64,
) -> Result<Vec<(OrderId, u64)>, ReadError> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT id, updated_position FROM orders
          WHERE due_at IS NOT NULL AND (state <> 'received' OR refund_pending = 0) AND due_at <= $1
          ORDER BY due_at LIMIT $2",
    )
    .bind(now)
    .bind(at_most)
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(|(id, position)| Ok((read(&id, "id")?, counted(position)?))).collect()
}
