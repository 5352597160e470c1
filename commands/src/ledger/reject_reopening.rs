//! A month that somebody wants to have opened stays closed.

use serde::{Deserialize, Serialize};
use tallybook_domain::Month;
use tallybook_domain::ledger::periods::PeriodCommand;
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::outcome::{PeriodOutcome, decide};
use crate::CommandContext;

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
    let by = context.actor.clone();
    let request = context.request_because("reject_reopening", Some(&asked.reason), &asked)?;
    decide(book, request, asked.period, move |_| {
        let RejectReopening { period, reason } = asked.clone();
        PeriodCommand::RejectReopening { period, rejected_by: by.clone(), reason }
    })
    .await
}
