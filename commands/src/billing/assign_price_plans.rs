//! From a day on, several customers are billed by a plan: all of them or none.

use chrono::NaiveDate;
use futures::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use tallybook_domain::CustomerId;
use tallybook_domain::billing::{PlanCode, PricePlan};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::AssignPricePlan;
use super::touched_bills::TouchedBills;
use crate::CommandContext;

/// Customers whose bills are looked for at once.
const AT_ONCE: usize = 8;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AssignPricePlans {
    pub customers: Vec<CustomerId>,
    pub plan: PlanCode,
    pub from: NaiveDate,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionsOutcome {
    pub plan: PlanCode,
    pub from: NaiveDate,
    /// Those who had something else, or nothing.
    pub assigned: Vec<CustomerId>,
    /// How many had exactly this already.
    pub unchanged: usize,
}

/// For each as [`assign_price_plan`](super::assign_price_plan) does it for one.
pub async fn assign_price_plans(
    book: &Book,
    context: CommandContext,
    assign: AssignPricePlans,
) -> Result<Receipt<SubscriptionsOutcome>, CommandError> {
    let request = context.request("assign_price_plans", &assign)?;
    let AssignPricePlans { mut customers, plan, from } = assign;
    customers.sort_unstable();
    customers.dedup();
    let finding = customers.into_iter().map(|customer| {
        let plan = plan.clone();
        async move {
            let touched = TouchedBills::find(book, &customer, from).await?;
            Ok::<_, CommandError>((AssignPricePlan { customer, plan, from }, touched))
        }
    });
    let each: Vec<_> = futures::stream::iter(finding).buffered(AT_ONCE).try_collect().await?;
    let mut streams: Vec<_> = each.iter().flat_map(|(assign, touched)| assign.streams(touched)).collect();
    streams.push(StreamKey::existing::<PricePlan>(plan.stream()));
    book.execute(request, streams, move |decision| {
        let (plan, assigned) = (plan.clone(), Vec::new());
        let mut outcome = SubscriptionsOutcome { plan, from, assigned, unchanged: 0 };
        for (assign, touched) in &each {
            if assign.decide(decision, touched)? {
                outcome.assigned.push(assign.customer.clone());
            } else {
                outcome.unchanged += 1;
            }
        }
        Ok(outcome)
    })
    .await
}
