//! Why something may not happen to a customer.

use super::CustomerName;
use crate::ids::CustomerId;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CustomerRefusal {
    #[error("there is no customer {customer}")]
    NotFound { customer: CustomerId },
    #[error("customer {customer} is registered already")]
    AlreadyRegistered { customer: CustomerId },
    /// Two names are the same if their claim keys are.
    #[error("another customer is called {name:?} already")]
    NameTaken { name: CustomerName },
}
