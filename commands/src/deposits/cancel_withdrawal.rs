//! A withdrawal is no longer wanted: the money is available again.

use serde::{Deserialize, Serialize};
use tallybook_domain::WithdrawalId;
use tallybook_domain::deposits::WithdrawalCommand;
use tallybook_domain::risk::WithdrawalEnd;
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::WithdrawalOutcome;
use super::step::{Parties, end, take};
use crate::CommandContext;
use crate::approvals::{Subject, close};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CancelWithdrawal {
    pub withdrawal: WithdrawalId,
    #[serde(default)]
    pub reason: Option<Reason>,
}

pub async fn cancel_withdrawal(
    book: &Book,
    context: CommandContext,
    asked: CancelWithdrawal,
) -> Result<Receipt<WithdrawalOutcome>, CommandError> {
    let by = context.actor.clone();
    let request = context.request_because("cancel_withdrawal", asked.reason.as_ref(), &asked)?;
    let parties = Parties::of(book, &asked.withdrawal).await?;
    let subject = Subject::Withdrawal(parties.clone());
    book.execute(request, subject.streams(), move |decision| {
        let CancelWithdrawal { withdrawal, reason } = asked.clone();
        let step = WithdrawalCommand::Cancel { withdrawal, reason };
        take(decision, &parties, step, |decision| {
            close(decision, &subject, &by, asked.reason.as_ref())?;
            end(decision, &parties, WithdrawalEnd::Cancelled)
        })
    })
    .await
}
