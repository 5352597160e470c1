//! From a day on, a customer is billed by a plan.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::{
    PlanCode, PricePlan, Subscription, SubscriptionCommand, SubscriptionRefusal,
};
use tallybook_domain::customers::Customer;
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::SubscriptionOutcome;
use super::touched_bills::TouchedBills;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AssignPricePlan {
    pub customer: CustomerId,
    pub plan: PlanCode,
    pub from: NaiveDate,
}

/// What was planned for later days is void. A month that has a bill keeps its plan. A closed customer gets none.
pub async fn assign_price_plan(
    book: &Book,
    context: CommandContext,
    assign: AssignPricePlan,
) -> Result<Receipt<SubscriptionOutcome>, CommandError> {
    let request = context.request("assign_price_plan", &assign)?;
    let touched = TouchedBills::find(book, &assign.customer, assign.from).await?;
    let mut streams = assign.streams(&touched);
    streams.push(StreamKey::existing::<PricePlan>(assign.plan.stream()));
    book.execute(request, streams, move |decision| {
        assign.decide(decision, &touched)?;
        let AssignPricePlan { customer, plan, from } = assign.clone();
        Ok(SubscriptionOutcome { customer, plan: Some(plan), from })
    })
    .await
}

impl AssignPricePlan {
    /// Of the customer; that of the plan is needed too.
    pub(super) fn streams(&self, touched: &TouchedBills) -> Vec<StreamKey> {
        let mut streams = touched.streams();
        streams.push(StreamKey::existing::<Customer>(&self.customer));
        streams.push(StreamKey::existing::<Subscription>(Subscription::stream_of(&self.customer)));
        streams
    }

    /// `false`: it is so already.
    pub(super) fn decide(
        &self,
        decision: &mut Decision<'_>,
        touched: &TouchedBills,
    ) -> Result<bool, Refusal> {
        let Self { customer, plan, from } = self.clone();
        decision.state::<Customer>(customer.as_str()).check_open(&customer)?;
        check_plan(decision, self)?;
        let stream = Subscription::stream_of(&customer);
        let changes = decision
            .decide::<Subscription>(&stream, SubscriptionCommand::Assign { customer, plan, from })?
            > 0;
        if changes {
            touched.check_unbilled(decision)?;
        }
        Ok(changes)
    }
}

/// On its first day a customer's plan has to say something, and in the currency the customer is billed in.
fn check_plan(decision: &Decision<'_>, assign: &AssignPricePlan) -> Result<(), Refusal> {
    let AssignPricePlan { customer, plan, from } = assign.clone();
    let state = decision.state::<PricePlan>(&plan.stream());
    state.check_exists(&plan)?;
    let Some(first) = state.versions().first() else { return Ok(()) };
    if first.effective_from > from {
        let begins = first.effective_from;
        return Err(SubscriptionRefusal::PlanNotBegun { plan, from, begins }.into());
    }
    let profile = decision.state::<Customer>(customer.as_str()).profile();
    match profile.and_then(|profile| profile.currency) {
        Some(expected) if expected != first.terms.currency() => {
            let given = first.terms.currency();
            Err(SubscriptionRefusal::AnotherCurrency { customer, plan, expected, given }.into())
        }
        Some(_) | None => Ok(()),
    }
}
