//! What a command on a payout or a batch answers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::deposits::{Withdrawal, WithdrawalState};
use tallybook_domain::payouts::{Payout, PayoutBatchId, PayoutId, PayoutRefusal, PayoutState};
use tallybook_domain::{Money, Refusal, WithdrawalId};
use tallybook_event_store::Decision;

use crate::deposits::Parties;

/// The payout and its withdrawal, as the command left them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutOutcome {
    pub id: PayoutId,
    pub state: PayoutState,
    pub withdrawal: WithdrawalId,
    pub withdrawal_state: WithdrawalState,
}

impl PayoutOutcome {
    pub(super) fn of(decision: &Decision<'_>, parties: &Parties) -> Result<Self, Refusal> {
        let id = parties.payout();
        let state = decision.state::<Payout>(id.as_str()).state();
        let withdrawal_state = decision.state::<Withdrawal>(parties.withdrawal.as_str()).state();
        let (Some(state), Some(withdrawal_state)) = (state, withdrawal_state) else {
            return Err(PayoutRefusal::NotFound { payout: id }.into());
        };
        Ok(Self { id, state, withdrawal: parties.withdrawal.clone(), withdrawal_state })
    }
}

/// The batch that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutBatchOutcome {
    pub id: PayoutBatchId,
    /// The day on which the bank is to pay.
    pub execution_date: NaiveDate,
    /// In the order of the file.
    pub payouts: Vec<PayoutId>,
    /// What leaves the account, one for each currency.
    pub totals: Vec<Money>,
    /// Approved withdrawals that are not in it, and why.
    pub skipped: Vec<SkippedWithdrawal>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedWithdrawal {
    pub withdrawal: WithdrawalId,
    pub reason: String,
}
