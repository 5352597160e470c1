//! A statement (对账单) is fixed, so that it can be sent to its customer.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::customers::Customer;
use tallybook_domain::settlement::statement::StatementFigures;
use tallybook_domain::settlement::{Statement, StatementCommand, StatementId};
use tallybook_domain::{Currency, CustomerId};
use tallybook_event_store::{Book, CommandError, Receipt as Answer, StreamKey};

use super::StatementOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IssueStatement {
    pub customer: CustomerId,
    pub currency: Currency,
    pub from: NaiveDate,
    /// Today at the latest.
    pub to: NaiveDate,
}

/// Of a closed customer, too: the last one is how it ended.
///
/// `statement` and `figures` were made for this call; a repeat with the same key brings others and is answered with the
/// first.
pub async fn issue_statement(
    book: &Book,
    context: CommandContext,
    issue: IssueStatement,
    (statement, figures): (StatementId, StatementFigures),
) -> Result<Answer<StatementOutcome>, CommandError> {
    let request = context.request("issue_statement", &issue)?;
    let streams =
        vec![StreamKey::existing::<Customer>(&issue.customer), StreamKey::fresh::<Statement>(&statement)];
    book.execute(request, streams, move |decision| {
        let (id, customer, figures) = (statement.clone(), issue.customer.clone(), figures.clone());
        decision.state::<Customer>(customer.as_str()).check_registered(&customer)?;
        let today = decision.today();
        let step = StatementCommand::Issue { statement: id, customer, figures, today };
        decision.decide::<Statement>(statement.as_str(), step)?;
        StatementOutcome::of(decision, &statement)
    })
    .await
}
