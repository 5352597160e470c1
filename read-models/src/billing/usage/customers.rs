//! Whose usage of a month is recorded: a bill run looks at those without a plan, too.

use sqlx::PgPool;
use tallybook_domain::{CustomerId, Month};

use super::UsageProjection;
use crate::query::{Answer, ReadError, Snapshot, read};

/// In the order of their ids.
pub async fn customers_with_usage(pool: &PgPool, month: Month) -> Result<Answer<Vec<CustomerId>>, ReadError> {
    let mut snapshot = Snapshot::take::<UsageProjection>(pool).await?;
    let position = snapshot.position_of::<UsageProjection>().await?;
    // From one customer to the next by the key: a customer has many records.
    let customers = sqlx::query_scalar!(
        r#"WITH RECURSIVE used AS (
               (SELECT customer FROM usage_records ORDER BY customer LIMIT 1)
               UNION ALL
               SELECT (SELECT customer FROM usage_records WHERE customer > used.customer ORDER BY customer LIMIT 1)
                 FROM used WHERE used.customer IS NOT NULL)
           SELECT customer AS "customer!" FROM used
            WHERE EXISTS (SELECT FROM usage_records WHERE usage_records.customer = used.customer AND month = $1)"#,
        month.to_string()
    )
    .fetch_all(snapshot.connection())
    .await?;
    let data = customers.into_iter().map(|customer| read(&customer, "customer")).collect::<Result<_, _>>()?;
    Ok(Answer { data, position })
}
