//! What a payout or a batch that is refused is called.

use tallybook_domain::payouts::{PayoutBatchRefusal, PayoutRefusal};

use super::{Problem, ProblemKind, sentence};

impl From<PayoutRefusal> for Problem {
    fn from(refusal: PayoutRefusal) -> Self {
        use PayoutRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            R::NotFound { payout } => Self::new(ProblemKind::PayoutNotFound, detail).with("payout", payout),
            R::NotPrepared => Self::new(ProblemKind::PayoutNotFound, detail),
            R::AlreadyPrepared { payout } | R::OutcomeOpen { payout } => {
                Self::new(ProblemKind::PayoutNotInState, detail).with("payout", payout)
            }
            R::NotToBeSent { payout, state } | R::Ended { payout, state } | R::NotPaid { payout, state } => {
                Self::new(ProblemKind::PayoutNotInState, detail).with("payout", payout).with("state", state)
            }
            R::AlreadySubmitted { withdrawal } => {
                Self::new(ProblemKind::PayoutNotInState, detail).with("withdrawal", withdrawal)
            }
            R::GoesByPayout { withdrawal, payout } => {
                Self::new(ProblemKind::WithdrawalSubmittedOtherwise, detail)
                    .with("withdrawal", withdrawal)
                    .with("payout", payout)
            }
            R::AmountNotPositive { amount } => {
                Self::new(ProblemKind::AmountNotPositive, detail).with("amount", amount)
            }
            R::ByHand { payout } => Self::new(ProblemKind::PayoutByHand, detail).with("payout", payout),
            R::BeingSent { payout } => {
                Self::new(ProblemKind::PayoutBeingSent, detail).with("payout", payout).retry_after(5)
            }
        }
    }
}

impl From<PayoutBatchRefusal> for Problem {
    fn from(refusal: PayoutBatchRefusal) -> Self {
        use PayoutBatchRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            R::AlreadyMade { batch } => Self::new(ProblemKind::PayoutNotInState, detail).with("batch", batch),
            R::Empty => Self::new(ProblemKind::PayoutBatchEmpty, detail),
            R::TooMany { given, most } => {
                Self::new(ProblemKind::Validation, detail).with("given", given).with("most", most)
            }
            R::Money(error) => error.into(),
        }
    }
}
