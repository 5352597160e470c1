//! What a command on an accounting period answers.

use serde::{Deserialize, Serialize};
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, AccountingPeriods, PeriodCommand, PeriodState};
use tallybook_domain::{Actor, Month, Refusal};
use tallybook_event_store::{Book, CommandError, CommandRequest, Decision, Receipt};

/// The period as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodOutcome {
    /// The month.
    pub id: Month,
    pub state: PeriodState,
    /// Who has asked to reopen it.
    pub requested_by: Option<Actor>,
}

/// Has the periods decide. Their stream is part of every decision.
pub(super) async fn decide(
    book: &Book,
    request: CommandRequest,
    period: Month,
    command: impl Fn(&Decision<'_>) -> PeriodCommand + Send + 'static,
) -> Result<Receipt<PeriodOutcome>, CommandError> {
    book.execute(request, Vec::new(), move |decision| {
        let command = command(decision);
        decision.decide::<AccountingPeriods>(ACCOUNTING_PERIODS, command)?;
        Ok::<_, Refusal>(outcome(decision, period))
    })
    .await
}

fn outcome(decision: &Decision<'_>, period: Month) -> PeriodOutcome {
    let periods = decision.state::<AccountingPeriods>(ACCOUNTING_PERIODS);
    PeriodOutcome {
        id: period,
        state: periods.state(period),
        requested_by: periods.requested_by(period).cloned(),
    }
}
