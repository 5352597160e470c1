//! From a day on, a customer has no plan and is not billed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::CustomerId;
use tallybook_domain::billing::{Subscription, SubscriptionCommand};
use tallybook_domain::customers::Customer;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::SubscriptionOutcome;
use super::touched_bills::TouchedBills;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndPricePlan {
    pub customer: CustomerId,
    /// The first day without.
    pub from: NaiveDate,
}

/// What was planned for later days is void. A month that has a bill keeps its plan.
pub async fn end_price_plan(
    book: &Book,
    context: CommandContext,
    end: EndPricePlan,
) -> Result<Receipt<SubscriptionOutcome>, CommandError> {
    let request = context.request("end_price_plan", &end)?;
    let touched = TouchedBills::find(book, &end.customer, end.from).await?;
    let mut streams = touched.streams();
    streams.push(StreamKey::existing::<Customer>(&end.customer));
    streams.push(StreamKey::existing::<Subscription>(Subscription::stream_of(&end.customer)));
    book.execute(request, streams, move |decision| {
        let EndPricePlan { customer, from } = end.clone();
        decision.state::<Customer>(customer.as_str()).check_registered(&customer)?;
        let stream = Subscription::stream_of(&customer);
        let command = SubscriptionCommand::End { customer: customer.clone(), from };
        if decision.decide::<Subscription>(&stream, command)? > 0 {
            touched.check_unbilled(decision)?;
        }
        Ok(SubscriptionOutcome { customer, plan: None, from })
    })
    .await
}
