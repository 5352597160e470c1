//! A customer's file is changed: its name, its account manager, any field of its profile. What it was called before is
//! free again.

use serde::Serialize;
use tallybook_domain::customers::{
    AccountManager, Customer, CustomerCommand, CustomerName, CustomerRefusal, Edit, ProfileEdits,
};
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::CustomerOutcome;
use super::claims::{Held, exchange};
use super::personal::{PersonalEdits, PersonalKeys, Unsealed};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize)]
pub struct ChangeCustomer {
    pub customer: CustomerId,
    pub name: Option<CustomerName>,
    pub account_manager: Edit<AccountManager>,
    pub profile: Box<ProfileEdits>,
    /// Sealed into the profile before anything is written or hashed.
    #[serde(skip)]
    pub personal: PersonalEdits,
}

impl ChangeCustomer {
    /// Another name and nothing else.
    pub fn renamed(customer: CustomerId, name: CustomerName) -> Self {
        let (profile, personal) = (Box::default(), PersonalEdits::default());
        Self { customer, name: Some(name), account_manager: Edit::Keep, profile, personal }
    }
}

pub async fn change_customer(
    book: &Book,
    keys: &PersonalKeys,
    context: CommandContext,
    mut change: ChangeCustomer,
) -> Result<Receipt<CustomerOutcome>, CommandError> {
    if change.personal.need_key() {
        check_exists(book, &change.customer).await?;
    }
    let keep = (!context.dry_run).then(|| book.now());
    let ChangeCustomer { customer, personal, profile, .. } = &mut change;
    let mut file = [Unsealed { customer, personal, profile }];
    if let Some(customer) = keys.seal(&mut file, keep).await?.pop() {
        return Err(Refusal::from(CustomerRefusal::PersonalDataErased { customer }).into());
    }
    let request = context.request("change_customer", &change)?;
    let streams = vec![StreamKey::existing::<Customer>(&change.customer)];
    book.execute(request, streams, move |decision| {
        let ChangeCustomer { customer, name, account_manager, profile, .. } = change.clone();
        let before = Held::by(decision.state::<Customer>(customer.as_str()));
        let command = CustomerCommand::Change { customer: customer.clone(), name, account_manager, profile };
        decision.decide::<Customer>(customer.as_str(), command)?;
        exchange(decision, &customer, before);
        CustomerOutcome::of(decision, &customer)
    })
    .await
}

/// Nobody makes keys for customers there are not.
pub(super) async fn check_exists(book: &Book, customer: &CustomerId) -> Result<(), CommandError> {
    let key = StreamKey::existing::<Customer>(customer);
    match book.event_at(&key, 1).await? {
        Some(_) => Ok(()),
        None => Err(Refusal::from(CustomerRefusal::NotFound { customer: customer.clone() }).into()),
    }
}
