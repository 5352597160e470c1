//! The bank has paid: the money has left the wallet.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::deposits::{Wallet, WalletCommand, WithdrawalCommand};
use tallybook_domain::payouts::PayoutCommand;
use tallybook_domain::{Refusal, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt};

use super::WithdrawalOutcome;
use super::step::{Parties, dates, say_of_payout, take};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SucceedWithdrawal {
    pub withdrawal: WithdrawalId,
    /// Today, if not given, or the day of the step before, if that is later.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// A bank's fact, so it is recorded for a suspended customer too.
pub async fn succeed_withdrawal(
    book: &Book,
    context: CommandContext,
    asked: SucceedWithdrawal,
) -> Result<Receipt<WithdrawalOutcome>, CommandError> {
    let request = context.request("succeed_withdrawal", &asked)?;
    let parties = Parties::of(book, &asked.withdrawal).await?;
    book.execute(request, parties.streams_with_payout(), move |decision| {
        let (paid_date, _) = dates(decision, &parties, asked.effective_date);
        succeed(decision, &parties, paid_date, Some(PayoutCommand::Succeed { paid_date }))
    })
    .await
}

/// The step itself. `said` is what a person says of the payout by it; a payout that says so itself has recorded it.
pub(crate) fn succeed(
    decision: &mut Decision<'_>,
    parties: &Parties,
    effective_date: NaiveDate,
    said: Option<PayoutCommand>,
) -> Result<WithdrawalOutcome, Refusal> {
    let (withdrawal, today) = (parties.withdrawal.clone(), decision.today());
    let pay_out = WalletCommand::PayOut { withdrawal: withdrawal.clone(), effective_date };
    let step = WithdrawalCommand::Succeed { withdrawal, effective_date, today };
    take(decision, parties, step, |decision| {
        if let Some(said) = said {
            say_of_payout(decision, parties, said)?;
        }
        decision.decide::<Wallet>(parties.wallet.as_str(), pay_out)?;
        Ok(())
    })
}
