//! Why a customer's price plan cannot be changed.

use chrono::NaiveDate;

use crate::ids::CustomerId;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionRefusal {
    #[error("customer {customer} has no price plan on {from} that could end")]
    NothingToEnd { customer: CustomerId, from: NaiveDate },
}
