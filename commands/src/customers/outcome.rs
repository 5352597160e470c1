//! What a command on a customer answers.

use serde::{Deserialize, Serialize};
use tallybook_domain::customers::{Customer, CustomerName, CustomerRefusal, CustomerStatus};
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::Decision;

/// The customer as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerOutcome {
    pub id: CustomerId,
    pub name: CustomerName,
    pub status: CustomerStatus,
}

impl CustomerOutcome {
    pub(super) fn of(decision: &Decision<'_>, customer: &CustomerId) -> Result<Self, Refusal> {
        let state = decision.state::<Customer>(customer.as_str());
        match (state.name(), state.status()) {
            (Some(name), Some(status)) => Ok(Self { id: customer.clone(), name: name.clone(), status }),
            (None, _) | (_, None) => Err(CustomerRefusal::NotFound { customer: customer.clone() }.into()),
        }
    }
}
