//! From a day on, a customer has no plan and is not billed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::CustomerId;
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::SubscriptionOutcome;
use super::plan_change::{Asking, PlanChange};
use crate::CommandContext;
use crate::requester::requester;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndPricePlan {
    pub customer: CustomerId,
    /// The first day without.
    pub from: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// What was planned for later days is void. A month that has a bill keeps its plan.
pub async fn end_price_plan(
    book: &Book,
    context: CommandContext,
    end: EndPricePlan,
) -> Result<Receipt<SubscriptionOutcome>, CommandError> {
    let requested_by = requester(book, &context.actor).await?;
    let request = context.request_because("end_price_plan", end.reason.as_ref(), &end)?;
    let EndPricePlan { customer, from, reason } = end;
    let change = PlanChange { customer, plan: None, from };
    change.carry_out(book, request, Asking { requested_by, reason }).await
}
