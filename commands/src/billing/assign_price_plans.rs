//! From a day on, several customers are billed by a plan: all of them or none.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::CustomerId;
use tallybook_domain::billing::PlanCode;
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::plan_change::{Asking, Became, PlanChange, hold_all};
use crate::CommandContext;
use crate::requester::requester;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AssignPricePlans {
    pub customers: Vec<CustomerId>,
    pub plan: PlanCode,
    pub from: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionsOutcome {
    pub plan: PlanCode,
    pub from: NaiveDate,
    /// Those who had something else, or nothing.
    pub assigned: Vec<CustomerId>,
    /// Those whose change somebody else has to approve, each by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requested: Vec<CustomerId>,
    /// How many had exactly this already.
    pub unchanged: usize,
}

/// For each as [`assign_price_plan`](super::assign_price_plan) does it for one.
pub async fn assign_price_plans(
    book: &Book,
    context: CommandContext,
    assign: AssignPricePlans,
) -> Result<Receipt<SubscriptionsOutcome>, CommandError> {
    let requested_by = requester(book, &context.actor).await?;
    let request = context.request_because("assign_price_plans", assign.reason.as_ref(), &assign)?;
    let AssignPricePlans { mut customers, plan, from, reason } = assign;
    customers.sort_unstable();
    customers.dedup();
    let change = |customer| PlanChange { customer, plan: Some(plan.clone()), from };
    let changes: Vec<PlanChange> = customers.into_iter().map(change).collect();
    let streams = changes.iter().flat_map(PlanChange::streams).collect();
    let asking = Asking { requested_by, reason };
    book.execute(request, streams, move |decision| {
        hold_all(decision, &changes)?;
        let (plan, assigned, requested) = (plan.clone(), Vec::new(), Vec::new());
        let mut outcome = SubscriptionsOutcome { plan, from, assigned, requested, unchanged: 0 };
        for change in &changes {
            match change.decide(decision, &asking)? {
                Became::Changed => outcome.assigned.push(change.customer.clone()),
                Became::Requested => outcome.requested.push(change.customer.clone()),
                Became::Unchanged => outcome.unchanged += 1,
            }
        }
        Ok(outcome)
    })
    .await
}
