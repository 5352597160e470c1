//! What a command on usage answers.

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::UsageId;
use tallybook_domain::billing::usage::UsageEffect;

/// What became of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedUsage {
    /// The customer's usage of the month it belongs to.
    pub id: UsageId,
    pub effect: UsageEffect,
    /// It changed what was used in a month that had been billed.
    pub late: bool,
}

/// What became of each record of a batch, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageBatchOutcome {
    pub recorded: usize,
    pub unchanged: usize,
    pub corrected: usize,
    pub late: usize,
    pub records: Vec<RecordedUsage>,
}

impl UsageBatchOutcome {
    pub(super) fn of(records: Vec<RecordedUsage>) -> Self {
        let count = |effect| records.iter().filter(|record| record.effect == effect).count();
        Self {
            recorded: count(UsageEffect::Recorded),
            unchanged: count(UsageEffect::Unchanged),
            corrected: count(UsageEffect::Corrected),
            late: records.iter().filter(|record| record.late).count(),
            records,
        }
    }
}
