//! A limit, and what is more.

use serde::{Deserialize, Serialize};

use crate::money::{Money, MoneyError};

/// More would be owed than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedLimit {
    pub limit: Money,
    /// What would be open of all the customer's bills in the limit's currency, and wait for the payment of its orders.
    pub exposure: Money,
}

impl PassedLimit {
    /// What is new brings what is owed to more than the limit; exactly the limit is within it. What is new and owes
    /// nothing passes nothing, however much is owed already.
    pub fn of(limit: Money, owed: Money, new: Money) -> Result<Option<Self>, MoneyError> {
        let exposure = owed.checked_add(new)?;
        let within = !new.is_positive() || limit.covers(exposure)?;
        Ok((!within).then_some(Self { limit, exposure }))
    }
}

impl std::fmt::Display for PassedLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} would be owed, more than the credit limit of {}", self.exposure, self.limit)
    }
}
