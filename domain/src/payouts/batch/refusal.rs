//! Why a batch is not made.

use crate::money::MoneyError;
use crate::payouts::PayoutBatchId;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayoutBatchRefusal {
    #[error("batch {batch} is made already")]
    AlreadyMade { batch: PayoutBatchId },
    #[error("no withdrawal is approved and waits to be paid out")]
    Empty,
    #[error("a batch has at most {most} payouts, not {given}: make several")]
    TooMany { given: usize, most: usize },
    /// The sum of a currency is more than money can be.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
