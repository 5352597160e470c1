//! The bank has not paid: the money is available again.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::WithdrawalId;
use tallybook_domain::deposits::WithdrawalCommand;
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::WithdrawalOutcome;
use super::step::{Parties, dates, release_hold, take};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FailWithdrawal {
    pub withdrawal: WithdrawalId,
    pub reason: Reason,
    /// Today, if not given, or the day of the step before, if that is later.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// A bank's fact, so it is recorded for a suspended customer too.
pub async fn fail_withdrawal(
    book: &Book,
    context: CommandContext,
    asked: FailWithdrawal,
) -> Result<Receipt<WithdrawalOutcome>, CommandError> {
    let request = context.request_because("fail_withdrawal", Some(&asked.reason), &asked)?;
    let parties = Parties::of(book, &asked.withdrawal).await?;
    book.execute(request, parties.streams(), move |decision| {
        let FailWithdrawal { withdrawal, reason, effective_date } = asked.clone();
        let (effective_date, today) = dates(decision, &parties, effective_date);
        let step = WithdrawalCommand::Fail { withdrawal, reason, effective_date, today };
        take(decision, &parties, step, |decision| release_hold(decision, &parties))
    })
    .await
}
