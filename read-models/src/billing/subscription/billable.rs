//! Whom a bill run has to bill.

use sqlx::PgPool;
use tallybook_domain::billing::PlanCode;
use tallybook_domain::{CustomerId, Month};

use super::Subscriptions;
use crate::query::{Answer, ReadError, Snapshot, read};

/// Rows read at once, roughly: a few megabytes.
const PAGE: i64 = 20_000;

/// Every customer with a plan in force on some day of the month, by id, and each of those plans once, in order. All of
/// it is read in one snapshot, a page of customers at a time.
pub async fn billable_customers(
    pool: &PgPool,
    month: Month,
) -> Result<Answer<Vec<(CustomerId, Vec<PlanCode>)>>, ReadError> {
    let mut snapshot = Snapshot::take::<Subscriptions>(pool).await?;
    let position = snapshot.position_of::<Subscriptions>().await?;
    let mut billable = Vec::new();
    let mut after = Some(String::new());
    while let Some(last) = after {
        after = next_page(&mut snapshot, month, &last, &mut billable).await?;
    }
    Ok(Answer { data: billable, position })
}

/// Reads the customers after one; the answer is the last of them, if there may be more.
async fn next_page(
    snapshot: &mut Snapshot,
    month: Month,
    after: &str,
    billable: &mut Vec<(CustomerId, Vec<PlanCode>)>,
) -> Result<Option<String>, ReadError> {
    // A page ends with all rows of a customer.
    let last = sqlx::query_scalar!(
        r#"SELECT max(customer) FROM (SELECT customer FROM subscriptions WHERE customer > $1
            ORDER BY customer LIMIT $2) AS page"#,
        after,
        PAGE
    )
    .fetch_one(snapshot.connection())
    .await?;
    let Some(last) = last else { return Ok(None) };
    // The first look leaves out what was voided, the second says until when the rest is in force.
    let rows = sqlx::query!(
        r#"SELECT customer, plan AS "plan!"
             FROM (SELECT customer, plan, effective_from,
                          lead(effective_from) OVER (PARTITION BY customer ORDER BY effective_from) AS ends
                     FROM (SELECT customer, plan, effective_from, changed_position,
                                  max(changed_position) OVER (PARTITION BY customer ORDER BY effective_from) AS last
                             FROM subscriptions
                            WHERE customer > $1 AND customer <= $2 AND effective_from <= $4) AS changes
                    WHERE changed_position = last) AS standing
            WHERE plan IS NOT NULL AND (ends IS NULL OR ends > $3)
            ORDER BY customer, effective_from"#,
        after,
        last,
        month.first_day(),
        month.last_day()
    )
    .fetch_all(snapshot.connection())
    .await?;
    for row in rows {
        let plan: PlanCode = read(&row.plan, "plan")?;
        match billable.last_mut().filter(|(customer, _)| customer.as_str() == row.customer) {
            Some((_, plans)) if plans.contains(&plan) => {}
            Some((_, plans)) => plans.push(plan),
            None => billable.push((read(&row.customer, "customer")?, vec![plan])),
        }
    }
    Ok(Some(last))
}
