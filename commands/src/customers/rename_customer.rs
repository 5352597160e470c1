//! A customer gets another name; the old one is free again.

use serde::{Deserialize, Serialize};
use tallybook_domain::CustomerId;
use tallybook_domain::customers::{Customer, CustomerCommand, CustomerName, CustomerRefusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::{CUSTOMER_NAME, CustomerOutcome};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RenameCustomer {
    pub customer: CustomerId,
    pub name: CustomerName,
}

pub async fn rename_customer(
    book: &Book,
    context: CommandContext,
    rename: RenameCustomer,
) -> Result<Receipt<CustomerOutcome>, CommandError> {
    let request = context.request("rename_customer", &rename)?;
    let streams = vec![StreamKey::existing::<Customer>(&rename.customer)];
    book.execute(request, streams, move |decision| {
        let RenameCustomer { customer, name } = rename.clone();
        let old_key = claim_key(decision, &customer);
        let command = CustomerCommand::Rename { customer: customer.clone(), name: name.clone() };
        decision.decide::<Customer>(customer.as_str(), command)?;
        exchange(decision, old_key, name);
        CustomerOutcome::of(decision, &customer)
    })
    .await
}

fn claim_key(decision: &Decision<'_>, customer: &CustomerId) -> Option<String> {
    decision.state::<Customer>(customer.as_str()).name().map(CustomerName::claim_key)
}

/// A name that differs in case or spacing only is the same claim.
fn exchange(decision: &mut Decision<'_>, old_key: Option<String>, name: CustomerName) {
    let new_key = name.claim_key();
    let Some(old_key) = old_key.filter(|old_key| *old_key != new_key) else { return };
    decision.claim(CUSTOMER_NAME, new_key, CustomerRefusal::NameTaken { name }.into());
    decision.release(CUSTOMER_NAME, old_key);
}
