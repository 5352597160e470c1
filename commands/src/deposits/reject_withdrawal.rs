//! Someone does not let a withdrawal go out: the money is available again.

use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::Given;
use tallybook_domain::deposits::WithdrawalCommand;
use tallybook_domain::risk::WithdrawalEnd;
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, Refusal, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt};

use super::WithdrawalOutcome;
use super::step::{Parties, end, take};
use crate::CommandContext;
use crate::approvals::{Decider, Subject, disagree};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RejectWithdrawal {
    pub withdrawal: WithdrawalId,
    pub reason: Reason,
}

pub async fn reject_withdrawal(
    book: &Book,
    context: CommandContext,
    asked: RejectWithdrawal,
) -> Result<Receipt<WithdrawalOutcome>, CommandError> {
    let decider = Decider::rejecting(Given::alone(context.actor.clone()), None);
    let request = context.request_because("reject_withdrawal", Some(&asked.reason), &asked)?;
    let parties = Parties::of(book, &asked.withdrawal).await?;
    let subject = Subject::Withdrawal(parties.clone());
    book.execute(request, subject.streams(), move |decision| {
        disagree(decision, &subject, &decider, &asked.reason)?;
        reject(decision, &parties, &decider.given.by, &asked.reason)?;
        WithdrawalOutcome::of(decision, &parties.withdrawal, &parties.wallet)
    })
    .await
}

pub(crate) fn reject(
    decision: &mut Decision<'_>,
    parties: &Parties,
    by: &Actor,
    reason: &Reason,
) -> Result<(), Refusal> {
    let withdrawal = parties.withdrawal.clone();
    let step = WithdrawalCommand::Reject { withdrawal, by: by.clone(), reason: reason.clone() };
    take(decision, parties, step, |decision| end(decision, parties, WithdrawalEnd::Rejected))?;
    Ok(())
}
