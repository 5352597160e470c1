//! How the answers to commands on alerts and wallets look in OpenAPI. Described here only; never made or read.

use tallybook_read_models::schema::RiskAlertState;
use utoipa::ToSchema;

/// The alert as the command left it.
#[derive(Debug, ToSchema)]
#[schema(as = RiskAlertOutcome)]
#[expect(dead_code, reason = "describes tallybook_commands::risk::AlertOutcome")]
pub(super) struct AlertOutcome {
    /// The withdrawal's.
    id: String,
    state: RiskAlertState,
    /// Who looks at it.
    #[schema(example = "user:wang")]
    claimed_by: Option<String>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// The wallet as the command left it.
#[derive(Debug, ToSchema)]
#[schema(as = WalletFreezeOutcome)]
#[expect(dead_code, reason = "describes tallybook_commands::risk::FreezeOutcome")]
pub(super) struct FreezeOutcome {
    #[schema(example = "C00042.CNY")]
    id: String,
    /// Why it is frozen, while it is.
    frozen: Option<String>,
    /// Where in the journal the command is recorded.
    position: u64,
}

#[cfg(test)]
mod tests {
    use tallybook_commands::risk::{AlertOutcome, FreezeOutcome};
    use tallybook_domain::WithdrawalId;
    use tallybook_domain::risk::AlertState;
    use uuid::Uuid;

    use crate::openapi::tests::assert_described;

    #[test]
    fn the_outcomes_are_described_as_they_are() {
        let id = WithdrawalId::from_uuid(Uuid::nil());
        let claimed_by = Some("user:wang".parse().unwrap());
        assert_described("RiskAlertOutcome", &AlertOutcome { id, state: AlertState::Claimed, claimed_by });
        let frozen = Some("court order".parse().unwrap());
        let id = "C00042.CNY".parse().unwrap();
        assert_described("WalletFreezeOutcome", &FreezeOutcome { id, frozen });
    }
}
