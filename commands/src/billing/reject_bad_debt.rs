//! Somebody does not let a bill be given up: it stays owed.

use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::Given;
use tallybook_domain::billing::bill::BadDebtState;
use tallybook_domain::billing::{Bill, BillCommand, BillId};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt};

use super::BadDebtOutcome;
use crate::CommandContext;
use crate::approvals::{Decider, Subject, disagree};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RejectBadDebt {
    pub bill: BillId,
    pub reason: Reason,
}

pub async fn reject_bad_debt(
    book: &Book,
    context: CommandContext,
    reject: RejectBadDebt,
) -> Result<Receipt<BadDebtOutcome>, CommandError> {
    let decider = Decider::rejecting(Given::alone(context.actor.clone()), None);
    let request = context.request_because("reject_bad_debt", Some(&reject.reason), &reject)?;
    let subject = Subject::BadDebt(reject.bill.clone());
    book.execute(request, subject.streams(), move |decision| {
        let RejectBadDebt { bill, reason } = &reject;
        let before = decision.state::<Bill>(bill.as_str()).bad_debt().cloned();
        disagree(decision, &subject, &decider, reason)?;
        reject_bad_debt_of(decision, bill, &decider.given.by, reason)?;
        BadDebtOutcome::of(decision, bill, before, BadDebtState::Rejected)
    })
    .await
}

pub(crate) fn reject_bad_debt_of(
    decision: &mut Decision<'_>,
    bill: &BillId,
    by: &Actor,
    reason: &Reason,
) -> Result<(), Refusal> {
    let (rejected_by, reason) = (by.clone(), reason.clone());
    let step = BillCommand::RejectBadDebt { bill: bill.clone(), rejected_by, reason };
    decision.decide::<Bill>(bill.as_str(), step)?;
    Ok(())
}
