//! From a day on, a customer is billed by a plan.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::CustomerId;
use tallybook_domain::billing::PlanCode;
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::SubscriptionOutcome;
use super::plan_change::{Asking, PlanChange};
use crate::CommandContext;
use crate::requester::requester;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AssignPricePlan {
    pub customer: CustomerId,
    pub plan: PlanCode,
    pub from: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// What was planned for later days is void. A month that has a bill keeps its plan. A closed customer gets none.
pub async fn assign_price_plan(
    book: &Book,
    context: CommandContext,
    assign: AssignPricePlan,
) -> Result<Receipt<SubscriptionOutcome>, CommandError> {
    let requested_by = requester(book, &context.actor).await?;
    let request = context.request_because("assign_price_plan", assign.reason.as_ref(), &assign)?;
    let AssignPricePlan { customer, plan, from, reason } = assign;
    let change = PlanChange { customer, plan: Some(plan), from };
    change.carry_out(book, request, Asking { requested_by, reason }).await
}
