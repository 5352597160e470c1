//! Why something may not happen: one enum per aggregate, gathered here.
//!
//! A refusal carries facts; what a caller is told about them is the API's business, in one exhaustive match.

use crate::billing::BillNumbersRefusal;
use crate::customers::CustomerRefusal;
use crate::deposits::{WalletRefusal, WithdrawalRefusal};
use crate::ledger::periods::PeriodRefusal;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Customer(#[from] CustomerRefusal),
    #[error(transparent)]
    Wallet(#[from] WalletRefusal),
    #[error(transparent)]
    Withdrawal(#[from] WithdrawalRefusal),
    #[error(transparent)]
    Period(#[from] PeriodRefusal),
    #[error(transparent)]
    BillNumbers(#[from] BillNumbersRefusal),
}
