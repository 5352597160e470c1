//! How the answers to commands on accounting periods look in OpenAPI. Described here only; never made or read.

use tallybook_read_models::schema::PeriodState;
use utoipa::ToSchema;

/// The period as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::ledger::PeriodOutcome")]
pub(crate) struct PeriodOutcome {
    /// The month.
    #[schema(example = "2026-10")]
    id: String,
    state: PeriodState,
    /// Who has asked to reopen it.
    requested_by: Option<String>,
    /// How many have still to approve that it is reopened, while that waits for somebody.
    #[schema(nullable = false)]
    missing_approvals: Option<u32>,
    /// Where in the journal the command is recorded.
    position: u64,
}

#[cfg(test)]
mod tests {
    use tallybook_commands::ledger::PeriodOutcome;
    use tallybook_domain::ledger::periods::PeriodState;

    use crate::openapi::tests::assert_described;

    #[test]
    fn the_outcome_is_described_as_it_is() {
        let outcome = PeriodOutcome {
            id: "2026-10".parse().unwrap(),
            state: PeriodState::ReopeningRequested,
            requested_by: Some("user:li".parse().unwrap()),
            missing_approvals: Some(1),
        };
        assert_described("PeriodOutcome", &outcome);
    }
}
