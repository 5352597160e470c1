//! How the answers to commands on usage sources look in OpenAPI. Described here only; never made or read.

use tallybook_read_models::schema::{QuarantineState, UsageRunState, UsageRunTerms};
use utoipa::ToSchema;

/// What became of a value that was put aside.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::QuarantinedOutcome")]
pub(crate) struct QuarantinedOutcome {
    #[schema(example = "C00042.2026-10.q1")]
    id: String,
    state: QuarantineState,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// A run as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::UsageRunOutcome")]
pub(crate) struct UsageRunOutcome {
    #[schema(example = "meters.7")]
    id: String,
    state: UsageRunState,
    terms: UsageRunTerms,
    /// Requests that are done with: of a customer's month, or a file.
    asked: u64,
    recorded: u64,
    /// Recorded before, with the same quantity.
    unchanged: u64,
    corrected: u64,
    /// Put aside for a person to look at.
    quarantined: u64,
    /// Put aside before, and waiting still or decided on.
    held: u64,
    /// What could not be collected.
    failed: u64,
    /// Where in the journal the command is recorded.
    position: u64,
}

#[cfg(test)]
mod tests {
    use tallybook_commands::billing::{QuarantinedOutcome, UsageRunOutcome};
    use tallybook_domain::billing::quarantine::QuarantineState;
    use tallybook_domain::billing::usage_source::{CollectedCounts, UsageRunState, UsageRunTerms};

    use crate::openapi::tests::assert_described;

    #[test]
    fn the_outcomes_are_described_as_they_are() {
        let id = "C00042.2026-10.q1".parse().unwrap();
        assert_described("QuarantinedOutcome", &QuarantinedOutcome { id, state: QuarantineState::Accepted });
        let run = UsageRunOutcome {
            id: "meters.7".parse().unwrap(),
            state: UsageRunState::Running,
            terms: UsageRunTerms::default(),
            asked: 0,
            counts: CollectedCounts::default(),
            failed: 0,
        };
        assert_described("UsageRunOutcome", &run);
    }
}
