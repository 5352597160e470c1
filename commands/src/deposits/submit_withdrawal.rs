//! The payment order has been given to the bank or channel.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::deposits::{ChannelReference, WithdrawalCommand};
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

/// Refused while the customer is suspended: no order may be given.
pub async fn submit_withdrawal(
    book: &Book,
    context: CommandContext,
    asked: SubmitWithdrawal,
) -> Result<Receipt<WithdrawalOutcome>, CommandError> {
    let request = context.request("submit_withdrawal", &asked)?;
    let parties = Parties::of(book, &asked.withdrawal).await?;
    book.execute(request, parties.streams(), move |decision| {
        let SubmitWithdrawal { channel_reference, effective_date, .. } = asked.clone();
        submit(decision, &parties, channel_reference, effective_date)
    })
    .await
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
