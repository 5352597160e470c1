//! A month that somebody wants to have opened stays closed.

use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::Given;
use tallybook_domain::ledger::periods::PeriodCommand;
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, Month, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt};

use super::outcome::{PeriodOutcome, decide};
use crate::CommandContext;
use crate::approvals::{Decider, Subject, disagree};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RejectReopening {
    pub period: Month,
    pub reason: Reason,
}

pub async fn reject_reopening(
    book: &Book,
    context: CommandContext,
    asked: RejectReopening,
) -> Result<Receipt<PeriodOutcome>, CommandError> {
    let decider = Decider::rejecting(Given::alone(context.actor.clone()), None);
    let request = context.request_because("reject_reopening", Some(&asked.reason), &asked)?;
    let subject = Subject::PeriodReopening(asked.period);
    book.execute(request, subject.streams(), move |decision| {
        let RejectReopening { period, reason } = &asked;
        disagree(decision, &subject, &decider, reason)?;
        leave_closed(decision, *period, &decider.given.by, reason)?;
        Ok(PeriodOutcome::of(decision, *period))
    })
    .await
}

pub(crate) fn leave_closed(
    decision: &mut Decision<'_>,
    period: Month,
    by: &Actor,
    reason: &Reason,
) -> Result<(), Refusal> {
    let (rejected_by, reason) = (by.clone(), reason.clone());
    decide(decision, PeriodCommand::RejectReopening { period, rejected_by, reason })
}
