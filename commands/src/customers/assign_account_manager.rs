//! Customers are given to an account manager, or from one to another: all of them or none.

use serde::{Deserialize, Serialize};
use tallybook_domain::CustomerId;
use tallybook_domain::customers::{AccountManager, Customer, CustomerCommand};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use crate::CommandContext;

/// Who gets which customers.
#[derive(Debug, Clone, Serialize)]
pub struct AssignAccountManager {
    /// The customers that were named; none, if all of `from` are meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<CustomerId>,
    /// Whose the customers have to be; anybody's, if nobody is named.
    pub from: Option<AccountManager>,
    /// Nobody's, if nobody is named.
    pub to: Option<AccountManager>,
    /// Those of `from`, as the caller found them: not part of the request, a repeat finds others.
    #[serde(skip)]
    pub found: Vec<CustomerId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountManagerOutcome {
    /// Those that were given to another.
    pub assigned: Vec<CustomerId>,
    /// How many were with the new one already.
    pub unchanged: usize,
}

pub async fn assign_account_manager(
    book: &Book,
    context: CommandContext,
    assign: AssignAccountManager,
) -> Result<Receipt<AccountManagerOutcome>, CommandError> {
    let request = context.request("assign_account_manager", &assign)?;
    let mut customers = [assign.named.as_slice(), &assign.found].concat();
    customers.sort_unstable();
    customers.dedup();
    let streams = customers.iter().map(StreamKey::existing::<Customer>).collect();
    book.execute(request, streams, move |decision| {
        let mut outcome = AccountManagerOutcome { assigned: Vec::new(), unchanged: 0 };
        for customer in &customers {
            let (from, to) = (assign.from.clone(), assign.to.clone());
            let command = CustomerCommand::AssignAccountManager { customer: customer.clone(), from, to };
            match decision.decide::<Customer>(customer.as_str(), command)? {
                0 => outcome.unchanged += 1,
                _ => outcome.assigned.push(customer.clone()),
            }
        }
        Ok(outcome)
    })
    .await
}
