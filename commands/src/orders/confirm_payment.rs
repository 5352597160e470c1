//! A person says what the channel's own console says of a payment, as when its notification was lost.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::channels::ChannelNumber;
use tallybook_domain::dates::check_follows;
use tallybook_domain::orders::payment::{PaymentWord, ReceivedPayment};
use tallybook_domain::orders::{Order, Payment, PaymentCommand, PaymentId, PaymentRefusal};
use tallybook_domain::{Money, Refusal, Requester};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::PaymentOutcome;
use super::payment_order::at_hand;
use super::payment_received::receive;
use crate::CommandContext;
use crate::requester::requester;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConfirmPayment {
    pub payment: PaymentId,
    /// The channel's number of it, by which a notification that comes after all is known.
    pub transaction: ChannelNumber,
    /// What came: the amount the order waits for.
    pub amount: Money,
    /// Today, if not given. Never before the order was placed.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
    /// What the channel has kept of it.
    #[serde(default)]
    pub fee: Option<Money>,
}

/// As the channel's notification, but that it is this person's word: what it makes excess waits for somebody else's approval.
/// The same again decides nothing; another amount under the same number is refused.
pub async fn confirm_payment(
    book: &Book,
    context: CommandContext,
    asked: ConfirmPayment,
) -> Result<Receipt<PaymentOutcome>, CommandError> {
    let by = requester(book, &context.actor).await?;
    let request = context.request("confirm_payment", &asked)?;
    let streams = vec![StreamKey::existing::<Payment>(&asked.payment)];
    book.execute(request, streams, move |decision| decide(decision, asked.clone(), by.clone())).await
}

fn decide(
    decision: &mut Decision<'_>,
    asked: ConfirmPayment,
    by: Requester,
) -> Result<PaymentOutcome, Refusal> {
    let ConfirmPayment { payment, transaction, amount, effective_date, fee } = asked;
    let order = at_hand(decision, &payment)?;
    let today = decision.today();
    let effective_date = effective_date.unwrap_or(today);
    let placed_date = decision.state::<Order>(order.as_str()).placed_date();
    check_follows(effective_date, placed_date.unwrap_or(effective_date), today)
        .map_err(PaymentRefusal::from)?;
    let received = ReceivedPayment {
        transaction,
        amount,
        merchant: None,
        happened_at: decision.now(),
        effective_date,
        word: PaymentWord::Person(by),
    };
    receive(decision, &payment, received)?;
    if let Some(amount) = fee {
        let id = payment.clone();
        let charge = PaymentCommand::ChargeFee { payment: id, amount, effective_date, today };
        decision.decide::<Payment>(payment.as_str(), charge)?;
    }
    PaymentOutcome::of(decision, &payment)
}
