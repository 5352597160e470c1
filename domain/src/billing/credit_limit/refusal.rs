//! Why a bill is not issued, or an alert not acknowledged.

use super::PassedLimit;
use crate::billing::BillId;
use crate::money::MoneyError;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreditLimitRefusal {
    #[error("with bill {bill}, {passed}")]
    Passed { bill: BillId, passed: PassedLimit },
    #[error("there is no credit alert of bill {bill}")]
    NoAlert { bill: BillId },
    /// What is owed comes to a sum that is out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
