//! The bank has not paid: the money is available again.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::deposits::WithdrawalCommand;
use tallybook_domain::payouts::PayoutCommand;
use tallybook_domain::text::Reason;
use tallybook_domain::{Refusal, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt};

use super::WithdrawalOutcome;
use super::step::{Parties, dates, release_hold, say_of_payout, take};
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
    book.execute(request, parties.streams_with_payout(), move |decision| {
        let FailWithdrawal { reason, effective_date, .. } = asked.clone();
        let (effective_date, _) = dates(decision, &parties, effective_date);
        let said = PayoutCommand::Fail { reason: reason.clone() };
        fail(decision, &parties, (reason, effective_date), Some(said))
    })
    .await
}

/// The step itself. `said` is what a person says of the payout by it; a payout that says so itself has recorded it.
pub(crate) fn fail(
    decision: &mut Decision<'_>,
    parties: &Parties,
    (reason, effective_date): (Reason, NaiveDate),
    said: Option<PayoutCommand>,
) -> Result<WithdrawalOutcome, Refusal> {
    let (withdrawal, today) = (parties.withdrawal.clone(), decision.today());
    let step = WithdrawalCommand::Fail { withdrawal, reason, effective_date, today };
    take(decision, parties, step, |decision| {
        if let Some(said) = said {
            say_of_payout(decision, parties, said)?;
        }
        release_hold(decision, parties)
    })
}
