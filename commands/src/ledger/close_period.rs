//! A month is over and its figures stand: nothing can be effective in it any more.

use tallybook_domain::Month;
use tallybook_domain::ledger::periods::PeriodCommand;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::outcome::{PeriodOutcome, decide};
use crate::CommandContext;

/// Closing again is a retry.
pub async fn close_period(
    book: &Book,
    context: CommandContext,
    period: Month,
) -> Result<Receipt<PeriodOutcome>, CommandError> {
    let request = context.request("close_period", &period)?;
    book.execute(request, Vec::new(), move |decision| {
        let today = decision.today();
        decide(decision, PeriodCommand::Close { period, today })?;
        Ok(PeriodOutcome::of(decision, period))
    })
    .await
}
