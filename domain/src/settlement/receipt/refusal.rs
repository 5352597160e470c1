//! Why something may not happen to a receipt.

use chrono::NaiveDate;

use super::ReceiptId;
use crate::actor::Actor;
use crate::dates::EffectiveDateOutOfRange;
use crate::deposits::{BankReference, DepositMethod};
use crate::ids::{CustomerId, WriteOffId};
use crate::money::{Money, MoneyError};
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptRefusal {
    #[error("there is no receipt {receipt}")]
    NotFound { receipt: ReceiptId },
    #[error(
        "receipt {receipt} of this account and reference is recorded already, over {amount} received by {method} on {received_date}"
    )]
    Differs { receipt: ReceiptId, amount: Money, method: DepositMethod, received_date: NaiveDate },
    #[error("receipt {receipt} is reversed since {effective_date}: {reason}")]
    Reversed { receipt: ReceiptId, effective_date: NaiveDate, reason: Reason },
    #[error(
        "receipt {receipt} of this account and reference was reversed on {effective_date} ({reason}); if the money is there all the same, enter it with \"again\": true"
    )]
    ReversedBefore { receipt: ReceiptId, effective_date: NaiveDate, reason: Reason },
    #[error("receipt {receipt} was recorded anew since: what stands is entry {entry}")]
    RecordedAnew { receipt: ReceiptId, entry: u32 },
    #[error(
        "a deposit with the reference {reference:?} is recorded; if this is other money, enter it with \"again\": true, else reverse the deposit first"
    )]
    EnteredAsDeposit { reference: BankReference },
    #[error("nobody has said yet whose receipt {receipt} is: identify it first")]
    Unidentified { receipt: ReceiptId },
    #[error("receipt {receipt} is the money of customer {customer}")]
    OfAnother { receipt: ReceiptId, customer: CustomerId },
    #[error("{unapplied} is left of receipt {receipt}, {requested} is asked for: take at most what is left")]
    AboveUnapplied { receipt: ReceiptId, unapplied: Money, requested: Money },
    #[error(
        "receipt {receipt} cannot be reversed: {applied} of it is written off against bills; undo that first, or with it by \"with_write_offs\": true"
    )]
    InUse { receipt: ReceiptId, applied: Money },
    #[error(
        "receipt {receipt} cannot be reversed: {gone} of it went to the wallet or was paid back, and has to come back first"
    )]
    Gone { receipt: ReceiptId, gone: Money },
    #[error("{gone} of receipt {receipt} has gone this way and can come back, {requested} is asked for")]
    AboveGone { receipt: ReceiptId, gone: Money, requested: Money },
    #[error("a refund of {amount} of receipt {receipt} is asked for already, by {requested_by}")]
    RefundUnderWay { receipt: ReceiptId, amount: Money, requested_by: Actor },
    #[error("nobody has asked for a refund of receipt {receipt}")]
    RefundNotRequested { receipt: ReceiptId },
    #[error("{requested_by} asked for this refund of receipt {receipt}, so someone else has to approve it")]
    SelfApproval { receipt: ReceiptId, requested_by: Actor },
    #[error("leg {leg} of write-off {write_off} takes nothing of receipt {receipt}")]
    NotApplied { receipt: ReceiptId, write_off: WriteOffId, leg: u32 },
    #[error("the amount must be more than zero, it is {amount}")]
    AmountNotPositive { amount: Money },
    #[error(transparent)]
    EffectiveDate(#[from] EffectiveDateOutOfRange),
    /// The currency is another than the receipt's.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
