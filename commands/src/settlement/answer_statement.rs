//! A customer says whether a statement is right.

use serde::{Deserialize, Serialize};
use tallybook_domain::settlement::statement::{Signatory, StatementAnswer};
use tallybook_domain::settlement::{Statement, StatementCommand, StatementId};
use tallybook_domain::text::Remark;
use tallybook_event_store::{Book, CommandError, Receipt as Answer, StreamKey};

use super::StatementOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnswerStatement {
    pub statement: StatementId,
    pub answer: StatementAnswer,
    /// What is wrong: who disagrees has to say.
    pub remark: Option<Remark>,
    pub answered_by: Signatory,
}

/// The first answer stands. The same answer again decides nothing.
pub async fn answer_statement(
    book: &Book,
    context: CommandContext,
    answer: AnswerStatement,
) -> Result<Answer<StatementOutcome>, CommandError> {
    let request = context.request("answer_statement", &answer)?;
    let streams = vec![StreamKey::existing::<Statement>(&answer.statement)];
    book.execute(request, streams, move |decision| {
        let AnswerStatement { statement, answer, remark, answered_by } = answer.clone();
        let id = statement.clone();
        let step = StatementCommand::Answer { statement, answer, remark, answered_by };
        decision.decide::<Statement>(id.as_str(), step)?;
        StatementOutcome::of(decision, &id)
    })
    .await
}
