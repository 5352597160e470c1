//! Why something may not happen to a customer.

use super::{AccountManager, CustomerCode, CustomerName, OpenItem};
use crate::ids::CustomerId;
use crate::money::{Currency, Money};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CustomerRefusal {
    #[error("there is no customer {customer}")]
    NotFound { customer: CustomerId },
    #[error("customer {customer} is registered already")]
    AlreadyRegistered { customer: CustomerId },
    #[error("a customer needs a name")]
    NameMissing,
    /// Two names are the same if their claim keys are.
    #[error("another customer is called {name:?} already")]
    NameTaken { name: CustomerName },
    /// Two codes are the same if their claim keys are.
    #[error("another customer has the code {code:?} already")]
    CodeTaken { code: CustomerCode },
    #[error("a credit limit must not be negative, it is {credit_limit}")]
    CreditLimitNegative { credit_limit: Money },
    #[error("the customer is billed in {expected}, so its credit limit cannot be in {given}")]
    CreditLimitCurrency { expected: Currency, given: Currency },
    #[error("customer {customer} is not with {expected}, but with {}", with(.actual.as_ref()))]
    WithAnotherManager { customer: CustomerId, expected: AccountManager, actual: Option<AccountManager> },
    #[error("customer {customer} is closed; closed is the end, and is never taken back")]
    Closed { customer: CustomerId },
    #[error("customer {customer} cannot be closed yet: {}", listed(.open))]
    StillOpen { customer: CustomerId, open: Vec<OpenItem> },
    #[error("the personal data of customer {customer} was erased, and none is taken in again")]
    PersonalDataErased { customer: CustomerId },
    /// Not a rule of customers, but of where the command was sent: this process cannot seal.
    #[error("this process has no key to seal personal fields with: nothing was done")]
    NoPersonalDataKey,
}

fn with(manager: Option<&AccountManager>) -> &str {
    manager.map_or("nobody", AccountManager::as_str)
}

fn listed(open: &[OpenItem]) -> String {
    open.iter().map(OpenItem::to_string).collect::<Vec<_>>().join("; ")
}
