//! Why a withdrawal cannot be judged.

use crate::ids::WithdrawalId;
use crate::money::MoneyError;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RiskHistoryRefusal {
    #[error("withdrawal {withdrawal} is not one of this customer's")]
    OfAnother { withdrawal: WithdrawalId },
    /// What was asked for lately is more than money can be.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
