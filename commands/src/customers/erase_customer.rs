//! The person behind a customer is forgotten: that it happened is recorded, then the key is destroyed.

use serde::{Deserialize, Serialize};
use tallybook_domain::CustomerId;
use tallybook_domain::customers::{Customer, CustomerCommand};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::CustomerOutcome;
use super::personal::PersonalKeys;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EraseCustomer {
    pub customer: CustomerId,
    pub reason: Reason,
}

/// Erases a customer's personal data. A repeat, also after a crash between the two steps, brings it to its end.
pub async fn erase_customer(
    book: &Book,
    keys: &PersonalKeys,
    context: CommandContext,
    erase: EraseCustomer,
) -> Result<Receipt<CustomerOutcome>, CommandError> {
    let (customer, dry_run) = (erase.customer.clone(), context.dry_run);
    let request = context.request_because("erase_customer", Some(&erase.reason), &erase)?;
    if !dry_run {
        keys.mark_erasing(&customer, book.now()).await?;
    }
    let streams = vec![StreamKey::existing::<Customer>(&customer)];
    let receipt = book
        .execute(request, streams, move |decision| {
            let EraseCustomer { customer, reason } = erase.clone();
            let command = CustomerCommand::ErasePersonalData { customer: customer.clone(), reason };
            decision.decide::<Customer>(customer.as_str(), command)?;
            CustomerOutcome::of(decision, &customer)
        })
        .await?;
    if !dry_run {
        keys.destroy(&customer, book.now()).await?;
    }
    Ok(receipt)
}
