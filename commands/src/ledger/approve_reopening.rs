//! Somebody else than who asked opens a month again.

use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::{ApprovalId, Given};
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, AccountingPeriods, PeriodCommand};
use tallybook_domain::{Actor, Month, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt};

use super::outcome::{PeriodOutcome, decide};
use crate::CommandContext;
use crate::approvals::{Agreed, Decider, Subject, Waiting, agree, missing_approvals};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApproveReopening {
    pub period: Month,
    /// What was looked at: refused once it is decided, also if the same is asked for again. Whatever waits, if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalId>,
}

/// It opens once as many have approved as it takes.
pub async fn approve_reopening(
    book: &Book,
    context: CommandContext,
    approve: ApproveReopening,
) -> Result<Receipt<PeriodOutcome>, CommandError> {
    let decider =
        Decider::approving(book, Given::alone(context.actor.clone()), approve.approval.clone()).await?;
    let request = match &approve.approval {
        // As it was recorded before an approval could be named.
        None => context.request("approve_reopening", &approve.period)?,
        Some(_) => context.request("approve_reopening", &approve)?,
    };
    let period = approve.period;
    let subject = Subject::PeriodReopening(period);
    book.execute(request, subject.streams(), move |decision| {
        match agree(decision, &subject, &decider, None)? {
            Agreed::NotYet => {}
            Agreed::Enough | Agreed::Before => reopen(decision, period, &decider.given.by)?,
        }
        let missing_approvals = missing_approvals(decision, &subject);
        Ok(PeriodOutcome { missing_approvals, ..PeriodOutcome::of(decision, period) })
    })
    .await
}

/// As the last of those it takes.
pub(crate) fn reopen(decision: &mut Decision<'_>, period: Month, by: &Actor) -> Result<(), Refusal> {
    decide(decision, PeriodCommand::ApproveReopening { period, approved_by: by.clone() })
}

pub(crate) fn waiting_reopening(decision: &Decision<'_>, period: Month) -> Option<Waiting> {
    let periods = decision.state::<AccountingPeriods>(ACCOUNTING_PERIODS);
    let requested_by = periods.waits_for_approval(period)?.clone();
    Some(Waiting { requested_by, customer: None, amounts: Vec::new(), why: None })
}
