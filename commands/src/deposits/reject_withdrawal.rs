//! Someone does not let a withdrawal go out: the money is available again.

use serde::{Deserialize, Serialize};
use tallybook_domain::WithdrawalId;
use tallybook_domain::deposits::WithdrawalCommand;
use tallybook_domain::risk::WithdrawalEnd;
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::WithdrawalOutcome;
use super::step::{Parties, end, take};
use crate::CommandContext;

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
    let by = context.actor.clone();
    let request = context.request_because("reject_withdrawal", Some(&asked.reason), &asked)?;
    let parties = Parties::of(book, &asked.withdrawal).await?;
    book.execute(request, parties.streams(), move |decision| {
        let RejectWithdrawal { withdrawal, reason } = asked.clone();
        let step = WithdrawalCommand::Reject { withdrawal, by: by.clone(), reason };
        take(decision, &parties, step, |decision| end(decision, &parties, WithdrawalEnd::Rejected))
    })
    .await
}
