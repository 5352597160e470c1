//! A suspended customer may withdraw again.

use serde::{Deserialize, Serialize};
use tallybook_domain::CustomerId;
use tallybook_domain::customers::{Customer, CustomerCommand};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::CustomerOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReactivateCustomer {
    pub customer: CustomerId,
    pub reason: Option<Reason>,
}

pub async fn reactivate_customer(
    book: &Book,
    context: CommandContext,
    reactivate: ReactivateCustomer,
) -> Result<Receipt<CustomerOutcome>, CommandError> {
    let request = context.request_because("reactivate_customer", reactivate.reason.as_ref(), &reactivate)?;
    let streams = vec![StreamKey::existing::<Customer>(&reactivate.customer)];
    book.execute(request, streams, move |decision| {
        let ReactivateCustomer { customer, reason } = reactivate.clone();
        let command = CustomerCommand::Reactivate { customer: customer.clone(), reason };
        decision.decide::<Customer>(customer.as_str(), command)?;
        CustomerOutcome::of(decision, &customer)
    })
    .await
}
