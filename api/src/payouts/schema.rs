//! How the answers to commands on payouts and batches look in OpenAPI. Described here only; never made or read.

use chrono::NaiveDate;
use tallybook_read_models::schema::{Money, PayoutState, WithdrawalState};
use utoipa::ToSchema;

use super::query_payout::PayoutSaid;

/// The payout and its withdrawal, as the command left them.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::payouts::PayoutOutcome")]
pub(super) struct PayoutOutcome {
    #[schema(example = "Y01K7RA8ZAYFGXSMRSF9FMC3M00")]
    id: String,
    state: PayoutState,
    withdrawal: String,
    withdrawal_state: WithdrawalState,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// The payout as it is after asking.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes query_payout::QueriedPayout")]
pub(super) struct QueriedPayout {
    #[schema(example = "Y01K7RA8ZAYFGXSMRSF9FMC3M00")]
    id: String,
    state: PayoutState,
    withdrawal: String,
    withdrawal_state: WithdrawalState,
    said: PayoutSaid,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// The batch that was made.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::payouts::PayoutBatchOutcome")]
pub(super) struct PayoutBatchOutcome {
    #[schema(example = "B01K7RA8ZAYFGXSMRSF9FMC3M05")]
    id: String,
    /// The day on which the bank is to pay.
    execution_date: NaiveDate,
    /// In the order of the file.
    payouts: Vec<String>,
    /// What leaves the account, one for each currency.
    totals: Vec<Money>,
    /// Approved withdrawals that are not in it, and why.
    skipped: Vec<SkippedWithdrawal>,
    /// Where in the journal the command is recorded.
    position: u64,
}

#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::payouts::SkippedWithdrawal")]
pub(super) struct SkippedWithdrawal {
    withdrawal: String,
    reason: String,
}

#[cfg(test)]
mod tests {
    use tallybook_commands::payouts::{PayoutBatchOutcome, PayoutOutcome, SkippedWithdrawal};
    use tallybook_domain::deposits::WithdrawalState;
    use tallybook_domain::payouts::{PayoutBatchId, PayoutId, PayoutState};
    use tallybook_domain::{Currency, Money, WithdrawalId};
    use uuid::Uuid;

    use crate::openapi::tests::assert_described;
    use crate::payouts::query_payout::{PayoutSaid, QueriedPayout};

    #[test]
    fn the_outcomes_are_described_as_they_are() {
        let withdrawal = WithdrawalId::from_uuid(Uuid::nil());
        let id = PayoutId::of(&withdrawal);
        let payout = PayoutOutcome {
            id: id.clone(),
            state: PayoutState::Prepared,
            withdrawal: withdrawal.clone(),
            withdrawal_state: WithdrawalState::Submitted,
        };
        assert_described("PayoutOutcome", &payout);
        assert_described("QueriedPayout", &QueriedPayout { payout, said: PayoutSaid::NotFoundYet });
        let batch = PayoutBatchOutcome {
            id: PayoutBatchId::from_uuid(Uuid::nil()),
            execution_date: "2026-03-10".parse().unwrap(),
            payouts: vec![id],
            totals: vec![Money::zero(Currency::CNY)],
            skipped: vec![SkippedWithdrawal { withdrawal, reason: "suspended".to_owned() }],
        };
        assert_described("PayoutBatchOutcome", &batch);
    }
}
