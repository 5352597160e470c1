//! What a command on an accounting period answers.

use serde::{Deserialize, Serialize};
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, AccountingPeriods, PeriodCommand, PeriodState};
use tallybook_domain::{Actor, Month, Refusal};
use tallybook_event_store::Decision;

/// The period as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodOutcome {
    /// The month.
    pub id: Month,
    pub state: PeriodState,
    /// Who has asked to reopen it.
    pub requested_by: Option<Actor>,
    /// How many have still to approve that it is reopened, while that waits for somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_approvals: Option<u32>,
}

/// Has the periods decide. Their stream is part of every decision.
pub(super) fn decide(decision: &mut Decision<'_>, command: PeriodCommand) -> Result<(), Refusal> {
    decision.decide::<AccountingPeriods>(ACCOUNTING_PERIODS, command)?;
    Ok(())
}

impl PeriodOutcome {
    pub(super) fn of(decision: &Decision<'_>, period: Month) -> Self {
        let periods = decision.state::<AccountingPeriods>(ACCOUNTING_PERIODS);
        Self {
            id: period,
            state: periods.state(period),
            requested_by: periods.requested_by(period).cloned(),
            missing_approvals: None,
        }
    }
}
