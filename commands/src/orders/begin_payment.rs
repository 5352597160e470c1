//! Somebody is to pay an order through a channel: what they are to pay, and under which number of ours.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use tallybook_domain::Refusal;
use tallybook_domain::channels::{Channel, ChannelNotification, ChannelNumber};
use tallybook_domain::orders::payment::PaymentAttempt;
use tallybook_domain::orders::{
    Order, OrderAction, OrderId, OrderRefusal, Payment, PaymentCommand, PaymentId, PaymentReference,
    PaymentRefusal,
};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::PaymentOutcome;
use super::payment_told::apply;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BeginPayment {
    pub order: OrderId,
    pub channel: Channel,
    /// Our number of it; made, if not given.
    #[serde(default)]
    pub reference: Option<PaymentReference>,
}

/// Where the channel is to pay, and the number that was made for this call: a repeat with the same key brings another
/// and is answered with the first.
#[derive(Debug, Clone)]
pub struct PaymentTerms {
    pub merchant: ChannelNumber,
    pub made: PaymentReference,
}

/// Begins an attempt to pay all of an order that waits for it. Notifications that came before it are applied at once;
/// then it is begun whatever became of the order, as the money has to be booked.
pub async fn begin_payment(
    book: &Book,
    context: CommandContext,
    asked: BeginPayment,
    terms: PaymentTerms,
) -> Result<Receipt<PaymentOutcome>, CommandError> {
    let request = context.request("begin_payment", &asked)?;
    let BeginPayment { order, channel, reference } = asked;
    let reference = reference.unwrap_or(terms.made);
    let payment = PaymentId::of(channel, &reference.number());
    let (merchant, zone) = (terms.merchant, book.time_zone());
    let streams = vec![StreamKey::existing::<Order>(&order), StreamKey::existing::<Payment>(&payment)];
    book.execute(request, streams, move |decision| {
        begin(decision, &payment, (&order, channel), (&merchant, &reference))?;
        hear_what_came_early(decision, &payment, zone)?;
        PaymentOutcome::of(decision, &payment)
    })
    .await
}

fn begin(
    decision: &mut Decision<'_>,
    payment: &PaymentId,
    (order, channel): (&OrderId, Channel),
    (merchant, reference): (&ChannelNumber, &PaymentReference),
) -> Result<(), Refusal> {
    let state = decision.state::<Order>(order.as_str());
    let (Some(customer), Some(amount), Some(standing)) = (state.customer(), state.amount(), state.state())
    else {
        return Err(OrderRefusal::NotFound { order: order.clone() }.into());
    };
    let known = decision.state::<Payment>(payment.as_str());
    if known.state().is_none() && known.told_early().is_empty() && !state.awaits_payment() {
        let (order, action) = (order.clone(), OrderAction::Pay);
        return Err(OrderRefusal::NotInState { order, state: standing, action }.into());
    }
    let attempt = PaymentAttempt {
        payment: payment.clone(),
        order: order.clone(),
        customer: customer.clone(),
        channel,
        merchant: merchant.clone(),
        reference: reference.clone(),
        amount,
    };
    decision.decide::<Payment>(payment.as_str(), PaymentCommand::Begin(attempt))?;
    Ok(())
}

/// In the order in which they came. What was applied before decides nothing.
fn hear_what_came_early(decision: &mut Decision<'_>, payment: &PaymentId, zone: Tz) -> Result<(), Refusal> {
    let early = decision.state::<Payment>(payment.as_str()).told_early().to_vec();
    let held: Vec<bool> = early.iter().map(|id| decision.holds::<ChannelNotification>(id.as_str())).collect();
    // What is not at hand is loaded, and all is decided anew.
    if held.contains(&false) {
        return Err(PaymentRefusal::NotFound { payment: payment.clone() }.into());
    }
    for id in early {
        let notification = decision.state::<ChannelNotification>(id.as_str());
        if let Some(told) = notification.received().filter(|_| notification.is_waiting()).cloned() {
            apply(decision, payment, &told, zone)?;
        }
    }
    Ok(())
}
