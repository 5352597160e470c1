//! How the answers to commands on deposits and withdrawals look in OpenAPI. Described here only; never made or read.

use tallybook_read_models::schema::{DepositState, Money, RiskAlertState, WithdrawalState};
use utoipa::ToSchema;

/// The deposit, and its wallet as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::deposits::DepositOutcome")]
pub(super) struct DepositOutcome {
    #[schema(example = "C00042.CNY.17")]
    id: String,
    state: DepositState,
    #[schema(example = "C00042.CNY")]
    wallet: String,
    amount: Money,
    balance: Money,
    /// What may be withdrawn: the balance less what is held.
    available: Money,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// The withdrawal, and its wallet as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::deposits::WithdrawalOutcome")]
pub(super) struct WithdrawalOutcome {
    id: String,
    state: WithdrawalState,
    #[schema(example = "C00042.CNY")]
    wallet: String,
    amount: Money,
    balance: Money,
    held: Money,
    /// What may be withdrawn: the balance less what is held.
    available: Money,
    /// What has become of its risk alert, if there is one.
    #[schema(nullable = false)]
    alert: Option<RiskAlertState>,
    /// How many have still to approve it, while it waits for somebody.
    #[schema(nullable = false)]
    missing_approvals: Option<u32>,
    /// Where in the journal the command is recorded.
    position: u64,
}

#[cfg(test)]
mod tests {
    use tallybook_commands::deposits::{DepositOutcome, WithdrawalOutcome};
    use tallybook_domain::deposits::{DepositState, WithdrawalState};
    use tallybook_domain::risk::AlertState;
    use tallybook_domain::{Currency, CustomerId, DepositId, Money, WalletId, WithdrawalId};
    use uuid::Uuid;

    use crate::openapi::tests::assert_described;

    #[test]
    fn the_outcomes_are_described_as_they_are() {
        let wallet = WalletId::new(&CustomerId::from_number(42), Currency::CNY);
        let none = Money::zero(Currency::CNY);
        let deposit = DepositOutcome {
            id: DepositId::new(&wallet, 17),
            state: DepositState::Recorded,
            wallet: wallet.clone(),
            amount: none,
            balance: none,
            available: none,
        };
        assert_described("DepositOutcome", &deposit);
        let withdrawal = WithdrawalOutcome {
            id: WithdrawalId::from_uuid(Uuid::nil()),
            state: WithdrawalState::Requested,
            wallet,
            amount: none,
            balance: none,
            held: none,
            available: none,
            alert: Some(AlertState::Open),
            missing_approvals: Some(1),
        };
        assert_described("WithdrawalOutcome", &withdrawal);
    }
}
