//! A customer is registered under a name no other customer has.

use serde::{Deserialize, Serialize};
use tallybook_domain::CustomerId;
use tallybook_domain::customers::{Customer, CustomerCommand, CustomerName, CustomerRefusal};
use tallybook_event_store::{Book, CommandError, Receipt, StoreError, StreamKey};

use super::{CUSTOMER_NAME, CustomerOutcome};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RegisterCustomer {
    pub name: CustomerName,
}

/// Registers a customer under the next number. Numbers of refused, repeated and dry runs are never used again.
pub async fn register_customer(
    book: &Book,
    context: CommandContext,
    register: RegisterCustomer,
) -> Result<Receipt<CustomerOutcome>, CommandError> {
    let request = context.request("register_customer", &register)?;
    let customer = next_customer(book).await?;
    let streams = vec![StreamKey::existing::<Customer>(&customer)];
    book.execute(request, streams, move |decision| {
        let RegisterCustomer { name } = register.clone();
        let taken = CustomerRefusal::NameTaken { name: name.clone() };
        decision.claim(CUSTOMER_NAME, name.claim_key(), taken.into());
        let command = CustomerCommand::Register { customer: customer.clone(), name };
        decision.decide::<Customer>(customer.as_str(), command)?;
        CustomerOutcome::of(decision, &customer)
    })
    .await
}

async fn next_customer(book: &Book) -> Result<CustomerId, StoreError> {
    let number = sqlx::query_scalar!(r#"SELECT nextval('customer_number') AS "number!""#)
        .fetch_one(book.pool())
        .await?;
    Ok(CustomerId::from_number(number.unsigned_abs()))
}
