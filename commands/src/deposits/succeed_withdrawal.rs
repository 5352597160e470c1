//! The bank has paid: the money has left the wallet.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::WithdrawalId;
use tallybook_domain::deposits::{Wallet, WalletCommand, WithdrawalCommand};
use tallybook_event_store::{Book, CommandError, Receipt};

use super::WithdrawalOutcome;
use super::step::{Parties, dates, take};
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
    book.execute(request, parties.streams(), move |decision| {
        let SucceedWithdrawal { withdrawal, effective_date } = asked.clone();
        let (effective_date, today) = dates(decision, &parties, effective_date);
        let pay_out = WalletCommand::PayOut { withdrawal: withdrawal.clone(), effective_date };
        let step = WithdrawalCommand::Succeed { withdrawal, effective_date, today };
        take(decision, &parties, step, |decision| {
            decision.decide::<Wallet>(parties.wallet.as_str(), pay_out)?;
            Ok(())
        })
    })
    .await
}
