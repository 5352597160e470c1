//! Someone other than who asked for a withdrawal lets it go out.

use serde::{Deserialize, Serialize};
use tallybook_domain::WithdrawalId;
use tallybook_domain::deposits::WithdrawalCommand;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::WithdrawalOutcome;
use super::step::{Parties, check_may_withdraw, check_reviewed, take};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApproveWithdrawal {
    pub withdrawal: WithdrawalId,
}

/// Refused while the customer is suspended, and while somebody has still to look at the risk of it.
pub async fn approve_withdrawal(
    book: &Book,
    context: CommandContext,
    asked: ApproveWithdrawal,
) -> Result<Receipt<WithdrawalOutcome>, CommandError> {
    let by = context.actor.clone();
    let request = context.request("approve_withdrawal", &asked)?;
    let parties = Parties::of(book, &asked.withdrawal).await?;
    book.execute(request, parties.streams(), move |decision| {
        let step = WithdrawalCommand::Approve { withdrawal: asked.withdrawal.clone(), by: by.clone() };
        take(decision, &parties, step, |decision| {
            check_reviewed(decision, &parties, &by)?;
            check_may_withdraw(decision, &parties)
        })
    })
    .await
}
