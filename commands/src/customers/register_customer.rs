//! A customer is registered under a name no other customer has.

use serde::Serialize;
use tallybook_domain::customers::{
    AccountManager, Customer, CustomerCommand, CustomerName, CustomerRefusal, ProfileEdits,
};
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::{Book, CommandError, CommandRequest, Receipt, StreamKey};

use super::CustomerOutcome;
use super::claims::{Held, exchange};
use super::numbers::{next_customers, peek_customers};
use super::personal::{PersonalEdits, PersonalKeys, Unsealed};
use crate::CommandContext;

/// A name is enough.
#[derive(Debug, Clone, Serialize)]
pub struct RegisterCustomer {
    pub name: CustomerName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_manager: Option<AccountManager>,
    #[serde(skip_serializing_if = "is_default")]
    pub profile: Box<ProfileEdits>,
    /// Sealed into the profile before anything is written or hashed.
    #[serde(skip)]
    pub personal: PersonalEdits,
}

fn is_default(profile: &ProfileEdits) -> bool {
    *profile == ProfileEdits::default()
}

impl RegisterCustomer {
    /// A customer of whom nothing but the name is known.
    pub fn named(name: CustomerName) -> Self {
        Self { name, account_manager: None, profile: Box::default(), personal: PersonalEdits::default() }
    }
}

/// Registers a customer under the next number. Numbers of refused and repeated registrations are never used again; a
/// dry run names the next number and leaves it there.
pub async fn register_customer(
    book: &Book,
    keys: &PersonalKeys,
    context: CommandContext,
    register: RegisterCustomer,
) -> Result<Receipt<CustomerOutcome>, CommandError> {
    if context.dry_run {
        return try_out(book, keys, context, register).await;
    }
    let fresh = next_customers(book, 1).await?;
    let customer = match &context.idempotency_key {
        Some(key) if register.personal.need_key() => keys.reserve(key, &[0], &fresh).await?,
        Some(_) | None => fresh,
    };
    let customer = only(customer)?;
    let register = sealed(book, keys, &customer, register, true).await?;
    let request = context.request("register_customer", &register)?;
    register_under(book, request, customer, register).await
}

async fn try_out(
    book: &Book,
    keys: &PersonalKeys,
    context: CommandContext,
    register: RegisterCustomer,
) -> Result<Receipt<CustomerOutcome>, CommandError> {
    let reserved = match &context.idempotency_key {
        Some(key) => keys.reserved(key).await?.into_iter().map(|(_, customer)| customer).next(),
        None => None,
    };
    let peeked = only(peek_customers(book, 1).await?)?;
    let mut customer = reserved.unwrap_or(peeked);
    loop {
        let attempt = sealed(book, keys, &customer, register.clone(), false).await?;
        let request = context.clone().request("register_customer", &attempt)?;
        match register_under(book, request, customer.clone(), attempt).await {
            // Another registration took the number this one was only shown.
            Err(
                refused @ CommandError::Refused(Refusal::Customer(CustomerRefusal::AlreadyRegistered {
                    ..
                })),
            ) => {
                let next = only(peek_customers(book, 1).await?)?;
                if next == customer {
                    return Err(refused);
                }
                customer = next;
            }
            answer => return answer,
        }
    }
}

fn only(customers: Vec<CustomerId>) -> Result<CustomerId, CommandError> {
    customers.into_iter().next().ok_or(CommandError::Unavailable)
}

async fn sealed(
    book: &Book,
    keys: &PersonalKeys,
    customer: &CustomerId,
    mut register: RegisterCustomer,
    in_earnest: bool,
) -> Result<RegisterCustomer, CommandError> {
    let RegisterCustomer { profile, personal, .. } = &mut register;
    let mut file = [Unsealed { customer, personal, profile }];
    match keys.seal(&mut file, in_earnest.then(|| book.now())).await?.pop() {
        None => Ok(register),
        Some(customer) => Err(Refusal::from(CustomerRefusal::PersonalDataErased { customer }).into()),
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
        let RegisterCustomer { name, account_manager, profile, .. } = register.clone();
        let command =
            CustomerCommand::Register { customer: customer.clone(), name, account_manager, profile };
        decision.decide::<Customer>(customer.as_str(), command)?;
        exchange(decision, &customer, Held::default());
        CustomerOutcome::of(decision, &customer)
    })
    .await
}
