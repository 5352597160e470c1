//! Somebody else than who asked opens a month again.

use tallybook_domain::Month;
use tallybook_domain::ledger::periods::PeriodCommand;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::outcome::{PeriodOutcome, decide};
use crate::CommandContext;

pub async fn approve_reopening(
    book: &Book,
    context: CommandContext,
    period: Month,
) -> Result<Receipt<PeriodOutcome>, CommandError> {
    let approved_by = context.actor.clone();
    let request = context.request("approve_reopening", &period)?;
    decide(book, request, period, move |_| {
        let approved_by = approved_by.clone();
        PeriodCommand::ApproveReopening { period, approved_by }
    })
    .await
}
