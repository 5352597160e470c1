//! What a command on a deposit or withdrawal answers: the thing itself, and what is in the wallet now.

use serde::{Deserialize, Serialize};
use tallybook_domain::deposits::{DepositState, Wallet, Withdrawal, WithdrawalRefusal, WithdrawalState};
use tallybook_domain::risk::{AlertState, RiskAlert};
use tallybook_domain::{DepositId, Money, Refusal, WalletId, WithdrawalId};
use tallybook_event_store::Decision;

/// The deposit, and its wallet as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositOutcome {
    pub id: DepositId,
    pub state: DepositState,
    pub wallet: WalletId,
    pub amount: Money,
    pub balance: Money,
    pub available: Money,
}

impl DepositOutcome {
    pub(super) fn of(
        decision: &Decision<'_>,
        id: DepositId,
        wallet: WalletId,
        state: DepositState,
        amount: Money,
    ) -> Self {
        let currency = amount.currency();
        let funds = decision.state::<Wallet>(wallet.as_str());
        let (balance, available) = (funds.balance(currency), funds.available(currency));
        Self { id, state, wallet, amount, balance, available }
    }
}

/// The withdrawal, and its wallet as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawalOutcome {
    pub id: WithdrawalId,
    pub state: WithdrawalState,
    pub wallet: WalletId,
    pub amount: Money,
    pub balance: Money,
    pub held: Money,
    pub available: Money,
    /// What has become of its risk alert, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<AlertState>,
    /// How many have still to approve it, while it waits for somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_approvals: Option<u32>,
}

impl WithdrawalOutcome {
    pub(super) fn of(
        decision: &Decision<'_>,
        withdrawal: &WithdrawalId,
        wallet: &WalletId,
    ) -> Result<Self, Refusal> {
        let paper = decision.state::<Withdrawal>(withdrawal.as_str());
        let (Some(state), Some(amount)) = (paper.state(), paper.amount()) else {
            return Err(WithdrawalRefusal::NotFound { withdrawal: withdrawal.clone() }.into());
        };
        let currency = wallet.currency();
        let funds = decision.state::<Wallet>(wallet.as_str());
        Ok(Self {
            id: withdrawal.clone(),
            state,
            wallet: wallet.clone(),
            amount,
            balance: funds.balance(currency),
            held: funds.held(currency),
            available: funds.available(currency),
            alert: decision.state::<RiskAlert>(&RiskAlert::stream(withdrawal)).state(),
            missing_approvals: None,
        })
    }
}
