//! Why something may not happen to a payout.

use super::PayoutState;
use crate::ids::WithdrawalId;
use crate::money::Money;
use crate::payouts::PayoutId;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayoutRefusal {
    #[error("there is no payout {payout}")]
    NotFound { payout: PayoutId },
    #[error("nobody has made a payout of this")]
    NotPrepared,
    #[error("payout {payout} is made already")]
    AlreadyPrepared { payout: PayoutId },
    #[error("the amount must be more than zero, it is {amount}")]
    AmountNotPositive { amount: Money },
    #[error("withdrawal {withdrawal} has been submitted already, so no payout is made of it")]
    AlreadySubmitted { withdrawal: WithdrawalId },
    #[error("withdrawal {withdrawal} goes out by payout {payout}: it is not submitted by hand as well")]
    GoesByPayout { withdrawal: WithdrawalId, payout: PayoutId },
    /// What was sent is never sent again.
    #[error("payout {payout} is {state}: only one that is prepared can be sent")]
    NotToBeSent { payout: PayoutId, state: PayoutState },
    #[error("payout {payout} goes to the bank by hand: it is not sent")]
    ByHand { payout: PayoutId },
    #[error("payout {payout} is being sent: its answer may come any moment")]
    BeingSent { payout: PayoutId },
    #[error("payout {payout} is {state}: a person can say no more about it")]
    Ended { payout: PayoutId, state: PayoutState },
    #[error("payout {payout} is {state}: only what was paid can come back")]
    NotPaid { payout: PayoutId, state: PayoutState },
    #[error("payout {payout} is doubted: record that its withdrawal succeeded or failed")]
    OutcomeOpen { payout: PayoutId },
}
