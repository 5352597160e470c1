//! A customer is registered under a name no other customer has.

use serde::{Deserialize, Serialize};
use tallybook_domain::customers::{Customer, CustomerCommand, CustomerName, CustomerRefusal};
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::{Book, CommandError, CommandRequest, Receipt, StoreError, StreamKey};

use super::{CUSTOMER_NAME, CustomerOutcome};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RegisterCustomer {
    pub name: CustomerName,
}

/// Registers a customer under the next number. Numbers of refused and repeated registrations are never used again; a
/// dry run names the next number and leaves it there.
pub async fn register_customer(
    book: &Book,
    context: CommandContext,
    register: RegisterCustomer,
) -> Result<Receipt<CustomerOutcome>, CommandError> {
    let request = context.request("register_customer", &register)?;
    if !request.dry_run {
        let customer = next_customer(book).await?;
        return register_under(book, request, customer, register).await;
    }
    let mut customer = peek_customer(book).await?;
    loop {
        match register_under(book, request.clone(), customer.clone(), register.clone()).await {
            // Another registration took the number this one was only shown.
            Err(
                refused @ CommandError::Refused(Refusal::Customer(CustomerRefusal::AlreadyRegistered {
                    ..
                })),
            ) => {
                let next = peek_customer(book).await?;
                if next == customer {
                    return Err(refused);
                }
                customer = next;
            }
            answer => return answer,
        }
    }
}

async fn register_under(
    book: &Book,
    request: CommandRequest,
    customer: CustomerId,
    register: RegisterCustomer,
) -> Result<Receipt<CustomerOutcome>, CommandError> {
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

/// The number the next registration would get, if no other comes first.
async fn peek_customer(book: &Book) -> Result<CustomerId, StoreError> {
    let number = sqlx::query_scalar!(
        r#"SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END AS "number!" FROM customer_number"#
    )
    .fetch_one(book.pool())
    .await?;
    Ok(CustomerId::from_number(number.unsigned_abs()))
}
