//! An attempt to pay is given up.

use serde::{Deserialize, Serialize};
use tallybook_domain::orders::{Payment, PaymentCommand, PaymentId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::PaymentOutcome;
use super::payment_order::at_hand;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClosePayment {
    pub payment: PaymentId,
    #[serde(default)]
    pub reason: Option<Reason>,
}

/// Money that comes all the same is booked as if it had not been closed.
pub async fn close_payment(
    book: &Book,
    context: CommandContext,
    asked: ClosePayment,
) -> Result<Receipt<PaymentOutcome>, CommandError> {
    let request = context.request_because("close_payment", asked.reason.as_ref(), &asked)?;
    let streams = vec![StreamKey::existing::<Payment>(&asked.payment)];
    book.execute(request, streams, move |decision| {
        let ClosePayment { payment, reason } = asked.clone();
        at_hand(decision, &payment)?;
        let close = PaymentCommand::Close { payment: payment.clone(), reason };
        decision.decide::<Payment>(payment.as_str(), close)?;
        PaymentOutcome::of(decision, &payment)
    })
    .await
}
