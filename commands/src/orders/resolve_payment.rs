//! A person has looked at what stands out of a payment.

use serde::{Deserialize, Serialize};
use tallybook_domain::orders::{Payment, PaymentCommand, PaymentId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::PaymentOutcome;
use super::payment_order::at_hand;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResolvePayment {
    pub payment: PaymentId,
    pub reason: Reason,
}

/// It moves no money: what has to go back goes back by its refund.
pub async fn resolve_payment(
    book: &Book,
    context: CommandContext,
    asked: ResolvePayment,
) -> Result<Receipt<PaymentOutcome>, CommandError> {
    let by = context.actor.clone();
    let request = context.request_because("resolve_payment", Some(&asked.reason), &asked)?;
    let streams = vec![StreamKey::existing::<Payment>(&asked.payment)];
    book.execute(request, streams, move |decision| {
        let ResolvePayment { payment, reason } = asked.clone();
        at_hand(decision, &payment)?;
        let resolve = PaymentCommand::Resolve { payment: payment.clone(), reason, by: by.clone() };
        decision.decide::<Payment>(payment.as_str(), resolve)?;
        PaymentOutcome::of(decision, &payment)
    })
    .await
}
