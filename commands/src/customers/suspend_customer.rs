//! A customer is suspended: money still comes in, but none goes out.

use serde::{Deserialize, Serialize};
use tallybook_domain::CustomerId;
use tallybook_domain::customers::{Customer, CustomerCommand};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::CustomerOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SuspendCustomer {
    pub customer: CustomerId,
    pub reason: Reason,
}

pub async fn suspend_customer(
    book: &Book,
    context: CommandContext,
    suspend: SuspendCustomer,
) -> Result<Receipt<CustomerOutcome>, CommandError> {
    let request = context.request_because("suspend_customer", Some(&suspend.reason), &suspend)?;
    let streams = vec![StreamKey::existing::<Customer>(&suspend.customer)];
    book.execute(request, streams, move |decision| {
        let SuspendCustomer { customer, reason } = suspend.clone();
        let command = CustomerCommand::Suspend { customer: customer.clone(), reason };
        decision.decide::<Customer>(customer.as_str(), command)?;
        CustomerOutcome::of(decision, &customer)
    })
    .await
}
