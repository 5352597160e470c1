//! Why a bill is not issued, an order not placed, or an alert not acknowledged.

use super::{CreditSubject, PassedLimit};
use crate::ids::CustomerId;
use crate::money::MoneyError;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreditLimitRefusal {
    #[error("with {} {subject}, {passed}", subject.kind())]
    Passed { subject: CreditSubject, passed: PassedLimit },
    #[error("there is no credit alert of {} {subject}", subject.kind())]
    NoAlert { subject: CreditSubject },
    /// Whoever places an order looks for them, and decides again.
    #[error("the orders of {customer} that wait for payment are still to be counted")]
    OrdersNotCounted {
        customer: CustomerId,
        /// How many events the customer's file had then.
        file: u64,
    },
    #[error(
        "{customer} has {waiting} orders that wait for payment, and with a credit limit it may have {at_most}: have some of \
         them paid or cancelled first"
    )]
    TooManyOrders { customer: CustomerId, waiting: usize, at_most: usize },
    /// What is owed comes to a sum that is out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
