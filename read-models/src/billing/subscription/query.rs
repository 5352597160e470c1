//! Asking for one customer's plans.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::CustomerId;
use tallybook_domain::billing::PlanCode;
use utoipa::ToSchema;

use super::{RequestedPlan, SubscriptionRequestRow, Subscriptions};
use crate::fold::Stamp;
use crate::query::{Answer, ReadError, Snapshot, counted, read};

/// What a customer is billed by, now and at other times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerPlans {
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    /// In force today; `null`: none.
    #[schema(value_type = Option<String>, example = "standard-2026")]
    pub plan: Option<PlanCode>,
    /// By the day on which they begin.
    pub changes: Vec<PlanChange>,
    /// What waits for somebody else to approve.
    pub requested: Option<RequestedPlan>,
}

/// What customers are billed by from a day on, until the next change that is not void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanChange {
    pub from: NaiveDate,
    /// `null`: no plan from then on.
    #[schema(value_type = Option<String>, example = "standard-2026")]
    pub plan: Option<PlanCode>,
    /// A later change begins earlier, so this one never comes into force, or has no longer.
    pub void: bool,
    pub changed: Stamp,
}

/// A customer without any change has none; whether there is such a customer is not known here.
pub async fn find_subscription(
    pool: &PgPool,
    customer: &CustomerId,
    today: NaiveDate,
) -> Result<Answer<CustomerPlans>, ReadError> {
    let mut snapshot = Snapshot::take::<Subscriptions>(pool).await?;
    let position = snapshot.position_of::<Subscriptions>().await?;
    let rows = sqlx::query!(
        r#"SELECT effective_from, plan, changed_position, changed_at, changed_by,
                  max(changed_position) OVER (ORDER BY effective_from) > changed_position AS "void!"
             FROM subscriptions WHERE customer = $1 ORDER BY effective_from"#,
        customer.as_str()
    )
    .fetch_all(snapshot.connection())
    .await?;
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        let (position, at, by) = (counted(row.changed_position)?, row.changed_at, row.changed_by.into());
        changes.push(PlanChange {
            from: row.effective_from,
            plan: row.plan.map(|plan| read(&plan, "plan")).transpose()?,
            void: row.void,
            changed: Stamp { position, at, by },
        });
    }
    let in_force = changes.iter().rfind(|change| !change.void && change.from <= today);
    let plan = in_force.and_then(|change| change.plan.clone());
    // A whole row is decoded by its own `FromRow` alone, as in the lists.
    let asked: Option<SubscriptionRequestRow> =
        sqlx::query_as("SELECT * FROM subscription_requests WHERE customer = $1")
            .bind(customer.as_str())
            .fetch_optional(snapshot.connection())
            .await?;
    let requested = asked.and_then(|row| row.requested);
    Ok(Answer { data: CustomerPlans { customer: customer.clone(), plan, changes, requested }, position })
}
