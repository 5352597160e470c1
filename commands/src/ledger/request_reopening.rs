//! Somebody has to change something in a closed month, and asks for it.

use serde::{Deserialize, Serialize};
use tallybook_domain::Month;
use tallybook_domain::ledger::periods::PeriodCommand;
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::outcome::{PeriodOutcome, decide};
use crate::CommandContext;
use crate::approvals::{Subject, ask, missing_approvals};
use crate::requester::requester;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RequestReopening {
    pub period: Month,
    pub reason: Reason,
}

/// The month stays closed until somebody else approves.
pub async fn request_reopening(
    book: &Book,
    context: CommandContext,
    asked: RequestReopening,
) -> Result<Receipt<PeriodOutcome>, CommandError> {
    let by = requester(book, &context.actor).await?;
    let request = context.request_because("request_reopening", Some(&asked.reason), &asked)?;
    let subject = Subject::PeriodReopening(asked.period);
    book.execute(request, subject.streams(), move |decision| {
        let RequestReopening { period, reason } = asked.clone();
        let requested_by = by.clone();
        decide(decision, PeriodCommand::RequestReopening { period, requested_by, reason })?;
        ask(decision, &subject, Some(&asked.reason))?;
        let missing_approvals = missing_approvals(decision, &subject);
        Ok(PeriodOutcome { missing_approvals, ..PeriodOutcome::of(decision, period) })
    })
    .await
}
