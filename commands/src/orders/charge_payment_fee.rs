//! What a channel keeps of a payment as its fee.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::Money;
use tallybook_domain::orders::{Payment, PaymentCommand, PaymentId};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::PaymentOutcome;
use super::payment_order::at_hand;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChargePaymentFee {
    pub payment: PaymentId,
    pub amount: Money,
    /// Today, if not given, or the day the money came, if that is later.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

pub async fn charge_payment_fee(
    book: &Book,
    context: CommandContext,
    asked: ChargePaymentFee,
) -> Result<Receipt<PaymentOutcome>, CommandError> {
    let request = context.request("charge_payment_fee", &asked)?;
    let streams = vec![StreamKey::existing::<Payment>(&asked.payment)];
    book.execute(request, streams, move |decision| {
        let ChargePaymentFee { payment, amount, effective_date } = asked.clone();
        at_hand(decision, &payment)?;
        let today = decision.today();
        let since = decision.state::<Payment>(payment.as_str()).since();
        let effective_date = effective_date.unwrap_or_else(|| since.map_or(today, |since| since.max(today)));
        let id = payment.clone();
        let charge = PaymentCommand::ChargeFee { payment: id, amount, effective_date, today };
        decision.decide::<Payment>(payment.as_str(), charge)?;
        PaymentOutcome::of(decision, &payment)
    })
    .await
}
