//! Why something may not happen to a bill.

use super::{BillAction, BillState};
use crate::actor::Actor;
use crate::billing::BillId;
use crate::dates::EffectiveDateOutOfRange;
use crate::ids::WriteOffId;
use crate::money::{Money, MoneyError};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BillRefusal {
    #[error("there is no bill {bill}")]
    NotFound { bill: BillId },
    #[error("bill {bill} is drafted already")]
    AlreadyDrafted { bill: BillId },
    #[error("bill {bill} is {state}: it is too late, or too early, to {action} it")]
    NotInState { bill: BillId, state: BillState, action: BillAction },
    #[error(
        "something was applied to bill {bill} already, a note or a write-off: {open} of {total} is left; credit that, or undo the write-off first"
    )]
    PartlySettled { bill: BillId, total: Money, open: Money },
    #[error("only {open} of bill {bill} is left, {requested} is too much: ask for at most what is left")]
    AboveOpen { bill: BillId, open: Money, requested: Money },
    #[error("the wallet paid only {paid} of bill {bill}, and {requested} would have to go back to it")]
    AbovePaid { bill: BillId, paid: Money, requested: Money },
    #[error("leg {leg} of write-off {write_off} settles nothing of bill {bill}")]
    NotApplied { bill: BillId, write_off: WriteOffId, leg: u32 },
    #[error("bill {bill} has no line {line}")]
    LineNotFound { bill: BillId, line: u32 },
    #[error("only {left} of line {line} of bill {bill} is left, {requested} is too much")]
    AboveLine { bill: BillId, line: u32, left: Money, requested: Money },
    #[error("a debit note needs lines: there is no whole of what is owed more")]
    LinesNeeded { bill: BillId },
    #[error("the amount must be more than zero, it is {amount}")]
    AmountNotPositive { amount: Money },
    #[error("bill {bill} is in dispute already")]
    InDispute { bill: BillId },
    #[error("bill {bill} is not in dispute")]
    NotInDispute { bill: BillId },
    #[error(
        "{requested_by} has asked to write off {amount} of bill {bill}: that waits to be approved or rejected"
    )]
    BadDebtUnderWay { bill: BillId, amount: Money, requested_by: Actor },
    #[error("nobody has asked to write off anything of bill {bill}")]
    BadDebtNotRequested { bill: BillId },
    #[error("{requested_by} asked for this, so someone else has to approve it")]
    SelfApproval { bill: BillId, requested_by: Actor },
    #[error("{bill} bills late usage only: what it billed is late again, and settled as such")]
    DeltaNotRegenerated { bill: BillId },
    #[error(
        "{bill} is owed until it is voided on {}: the bill in its place is issued on that day at the earliest, not on {}",
        .dates.earliest,
        .dates.effective_date
    )]
    BeforeVoiding { bill: BillId, dates: EffectiveDateOutOfRange },
    #[error(transparent)]
    EffectiveDate(#[from] EffectiveDateOutOfRange),
    /// The currency is another than the bill's, or a sum is out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
