//! Why something may not happen in a wallet.

use crate::dates::EffectiveDateOutOfRange;
use crate::deposits::BankReference;
use crate::ids::{DepositId, WithdrawalId};
use crate::money::{Money, MoneyError};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WalletRefusal {
    #[error("{requested} was asked for, {available} is available")]
    InsufficientFunds { available: Money, requested: Money },
    #[error("there is no deposit {deposit}")]
    DepositNotFound { deposit: DepositId },
    /// The money is spent or set aside already.
    #[error("reversing {requested} would take more than the {available} that is available")]
    ReversalWouldOverdraw { available: Money, requested: Money },
    #[error("a deposit with the reference {reference:?} is recorded already")]
    ReferenceTaken { reference: BankReference },
    #[error(
        "receipts with the reference {reference:?} are recorded; if this is the same money, reverse the receipt first, or move it to the wallet"
    )]
    EnteredAsReceipt { reference: BankReference },
    #[error("the amount must be more than zero, it is {amount}")]
    AmountNotPositive { amount: Money },
    #[error("money is held for withdrawal {withdrawal} already")]
    AlreadyHeld { withdrawal: WithdrawalId },
    #[error("no money is held for withdrawal {withdrawal}")]
    HoldNotFound { withdrawal: WithdrawalId },
    #[error(transparent)]
    EffectiveDate(#[from] EffectiveDateOutOfRange),
    /// The currency is another than the wallet's, or the sum is more than money can be.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
