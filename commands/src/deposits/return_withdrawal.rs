//! The bank had paid, and the money came back: a new credit.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::deposits::{Wallet, WalletCommand, Withdrawal, WithdrawalCommand, WithdrawalRefusal};
use tallybook_domain::text::Reason;
use tallybook_domain::{Refusal, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt};

use super::WithdrawalOutcome;
use super::step::{Parties, dates, take};
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
    book.execute(request, parties.streams(), move |decision| {
        let ReturnWithdrawal { withdrawal, reason, effective_date } = asked.clone();
        let (effective_date, today) = dates(decision, &parties, effective_date);
        let step = WithdrawalCommand::Return { withdrawal, reason, effective_date, today };
        take(decision, &parties, step, |decision| credit(decision, &parties, effective_date))
    })
    .await
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
