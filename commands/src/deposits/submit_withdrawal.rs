//! The payment order has been given to the bank or channel.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::deposits::{
    ChannelReference, Wallet, WalletCommand, Withdrawal, WithdrawalCommand, WithdrawalRefusal,
    WithdrawalState,
};
use tallybook_domain::payouts::{Payout, PayoutRefusal};
use tallybook_domain::{Refusal, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt};

use super::WithdrawalOutcome;
use super::step::{Parties, check_may_withdraw, dates, take};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SubmitWithdrawal {
    pub withdrawal: WithdrawalId,
    /// The bank's or channel's number of the order.
    #[serde(default)]
    pub channel_reference: Option<ChannelReference>,
    /// Today, if not given.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// Refused while the customer is suspended: no order may be given. The same order again is a retry; one that goes out by a
/// payout, or was submitted under another reference, is refused.
pub async fn submit_withdrawal(
    book: &Book,
    context: CommandContext,
    asked: SubmitWithdrawal,
) -> Result<Receipt<WithdrawalOutcome>, CommandError> {
    let request = context.request("submit_withdrawal", &asked)?;
    let parties = Parties::of(book, &asked.withdrawal).await?;
    book.execute(request, parties.streams_with_payout(), move |decision| {
        let SubmitWithdrawal { channel_reference, effective_date, .. } = asked.clone();
        check_has_no_payout(decision, &parties)?;
        submit(decision, &parties, channel_reference, effective_date)
    })
    .await
}

/// Whoever is told that he has submitted it would give the bank a second order.
fn check_has_no_payout(decision: &Decision<'_>, parties: &Parties) -> Result<(), Refusal> {
    let (withdrawal, payout) = (parties.withdrawal.clone(), parties.payout());
    let submitted = decision.state::<Withdrawal>(withdrawal.as_str()).state();
    let made = decision.state::<Payout>(payout.as_str()).state();
    if submitted == Some(WithdrawalState::Submitted) && made.is_some() {
        return Err(PayoutRefusal::GoesByPayout { withdrawal, payout }.into());
    }
    Ok(())
}

/// The bank has paid what a person had called failed: the money is taken out of the wallet once more, to be paid at once.
pub(crate) fn submit_after_all(decision: &mut Decision<'_>, parties: &Parties) -> Result<(), Refusal> {
    let Parties { withdrawal, wallet, .. } = parties.clone();
    let Some(amount) = decision.state::<Withdrawal>(withdrawal.as_str()).amount() else {
        return Err(WithdrawalRefusal::NotFound { withdrawal }.into());
    };
    let hold = WalletCommand::Hold { wallet, withdrawal: withdrawal.clone(), amount };
    decision.decide::<Wallet>(parties.wallet.as_str(), hold)?;
    let (effective_date, today) = dates(decision, parties, None);
    let submit = WithdrawalCommand::SubmitAfterAll { withdrawal, effective_date, today };
    decision.decide::<Withdrawal>(parties.withdrawal.as_str(), submit)?;
    Ok(())
}

/// The step itself, of a person or of a payout.
pub(crate) fn submit(
    decision: &mut Decision<'_>,
    parties: &Parties,
    channel_reference: Option<ChannelReference>,
    effective_date: Option<NaiveDate>,
) -> Result<WithdrawalOutcome, Refusal> {
    let withdrawal = parties.withdrawal.clone();
    let (effective_date, today) = dates(decision, parties, effective_date);
    let step = WithdrawalCommand::Submit { withdrawal, channel_reference, effective_date, today };
    take(decision, parties, step, |decision| check_may_withdraw(decision, parties))
}
