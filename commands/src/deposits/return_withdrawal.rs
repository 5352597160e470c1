//! The bank had paid, and the money came back: a new credit.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::deposits::{Wallet, WalletCommand, Withdrawal, WithdrawalCommand, WithdrawalRefusal};
use tallybook_domain::payouts::PayoutCommand;
use tallybook_domain::text::Reason;
use tallybook_domain::{Refusal, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt};

use super::WithdrawalOutcome;
use super::step::{Parties, dates, say_of_payout, take};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReturnWithdrawal {
    pub withdrawal: WithdrawalId,
    pub reason: Reason,
    /// Today, if not given, or the day of the step before, if that is later.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// A bank's fact, so it is recorded for a suspended customer too.
pub async fn return_withdrawal(
    book: &Book,
    context: CommandContext,
    asked: ReturnWithdrawal,
) -> Result<Receipt<WithdrawalOutcome>, CommandError> {
    let request = context.request_because("return_withdrawal", Some(&asked.reason), &asked)?;
    let parties = Parties::of(book, &asked.withdrawal).await?;
    book.execute(request, parties.streams_with_payout(), move |decision| {
        let ReturnWithdrawal { reason, effective_date, .. } = asked.clone();
        let (returned_date, _) = dates(decision, &parties, effective_date);
        let said = PayoutCommand::Return { reason: reason.clone(), returned_date };
        come_back(decision, &parties, (reason, returned_date), Some(said))
    })
    .await
}

/// The step itself. `said` is what a person says of the payout by it; a payout that says so itself has recorded it.
pub(crate) fn come_back(
    decision: &mut Decision<'_>,
    parties: &Parties,
    (reason, effective_date): (Reason, NaiveDate),
    said: Option<PayoutCommand>,
) -> Result<WithdrawalOutcome, Refusal> {
    let (withdrawal, today) = (parties.withdrawal.clone(), decision.today());
    let step = WithdrawalCommand::Return { withdrawal, reason, effective_date, today };
    take(decision, parties, step, |decision| {
        if let Some(said) = said {
            say_of_payout(decision, parties, said)?;
        }
        credit(decision, parties, effective_date)
    })
}

/// What came back is what had left: the whole amount.
fn credit(decision: &mut Decision<'_>, parties: &Parties, effective_date: NaiveDate) -> Result<(), Refusal> {
    let Parties { withdrawal, wallet, .. } = parties.clone();
    let Some(amount) = decision.state::<Withdrawal>(withdrawal.as_str()).amount() else {
        return Err(WithdrawalRefusal::NotFound { withdrawal }.into());
    };
    let credit = WalletCommand::CreditReturn { wallet, withdrawal, amount, effective_date };
    decision.decide::<Wallet>(parties.wallet.as_str(), credit)?;
    Ok(())
}
