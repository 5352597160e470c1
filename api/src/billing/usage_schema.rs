//! How the answers to commands on usage look in OpenAPI. Described here only; never made or read.

use utoipa::ToSchema;

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes tallybook_domain::billing::usage::UsageEffect")]
pub(super) enum UsageEffect {
    Recorded,
    /// It is recorded already, with this quantity.
    Unchanged,
    Corrected,
}

/// What became of a record.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::RecordedUsage")]
pub(super) struct RecordedUsage {
    /// The customer's usage of the month.
    #[schema(example = "C00042.2026-10.usage")]
    id: String,
    effect: UsageEffect,
    /// It changed what was used in a month that had been billed.
    late: bool,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// How many records of a batch were new, known or corrected, and what became of each, in its order.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::UsageBatchOutcome")]
pub(super) struct UsageBatchOutcome {
    recorded: u64,
    unchanged: u64,
    corrected: u64,
    late: u64,
    records: Vec<UsageOfBatch>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// What became of a record of a batch.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::RecordedUsage")]
pub(super) struct UsageOfBatch {
    #[schema(example = "C00042.2026-10.usage")]
    id: String,
    effect: UsageEffect,
    late: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tallybook_commands::billing::{RecordedUsage, UsageBatchOutcome};
    use tallybook_domain::billing::usage;
    use utoipa::PartialSchema;

    use super::UsageEffect;
    use crate::openapi::tests::assert_described;

    #[test]
    fn the_outcomes_are_described_as_they_are() {
        let id = "C00042.2026-10.usage".parse().unwrap();
        let recorded = RecordedUsage { id, effect: usage::UsageEffect::Recorded, late: false };
        assert_described("RecordedUsage", &recorded);
        let batch =
            UsageBatchOutcome { recorded: 1, unchanged: 0, corrected: 0, late: 0, records: vec![recorded] };
        assert_described("UsageBatchOutcome", &batch);
    }

    #[test]
    fn the_effects_are_those_of_the_domain() {
        let described = serde_json::to_value(UsageEffect::schema()).unwrap();
        assert_eq!(described["enum"], json!(usage::UsageEffect::ALL));
    }
}
