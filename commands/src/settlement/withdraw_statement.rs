//! A statement should not have been sent, or not to this customer.

use serde::{Deserialize, Serialize};
use tallybook_domain::settlement::{Statement, StatementCommand, StatementId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt as Answer, StreamKey};

use super::StatementOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WithdrawStatement {
    pub statement: StatementId,
    pub reason: Reason,
}

/// Its link leads nowhere from then on; what was answered stays on it. Withdrawing it again decides nothing.
pub async fn withdraw_statement(
    book: &Book,
    context: CommandContext,
    withdraw: WithdrawStatement,
) -> Result<Answer<StatementOutcome>, CommandError> {
    let request = context.request_because("withdraw_statement", Some(&withdraw.reason), &withdraw)?;
    let streams = vec![StreamKey::existing::<Statement>(&withdraw.statement)];
    book.execute(request, streams, move |decision| {
        let WithdrawStatement { statement, reason } = withdraw.clone();
        let id = statement.clone();
        decision.decide::<Statement>(id.as_str(), StatementCommand::Withdraw { statement, reason })?;
        StatementOutcome::of(decision, &id)
    })
    .await
}
