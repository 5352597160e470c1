//! A refund is given to the channel.

use serde::{Deserialize, Serialize};
use tallybook_domain::Refusal;
use tallybook_domain::orders::{
    OrderRefund, OrderRefundCommand, PaidWith, Payment, PaymentCommand, RefundId,
};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::OrderRefundOutcome;
use super::refund_step::{RefundParties, check_may_go};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SubmitOrderRefund {
    pub refund: RefundId,
}

/// Refused while the customer is suspended. The answer has the number that the channel is to be given.
pub async fn submit_order_refund(
    book: &Book,
    context: CommandContext,
    asked: SubmitOrderRefund,
) -> Result<Receipt<OrderRefundOutcome>, CommandError> {
    let request = context.request("submit_order_refund", &asked)?;
    let streams = vec![StreamKey::existing::<OrderRefund>(&asked.refund)];
    book.execute(request, streams, move |decision| decide(decision, &asked.refund)).await
}

fn decide(decision: &mut Decision<'_>, refund: &RefundId) -> Result<OrderRefundOutcome, Refusal> {
    let parties = RefundParties::of(decision, refund)?;
    let submit = OrderRefundCommand::Submit { refund: refund.clone() };
    if decision.decide::<OrderRefund>(refund.as_str(), submit)? > 0 {
        check_may_go(decision, &parties)?;
        if let PaidWith::Channel { payment, .. } = parties.back_to {
            let (id, refund) = (payment.clone(), refund.clone());
            let submit = PaymentCommand::SubmitRefund { payment, refund, amount: parties.amount };
            decision.decide::<Payment>(id.as_str(), submit)?;
        }
    }
    OrderRefundOutcome::of(decision, refund)
}
