//! Someone who decides does not let money of an order go back.

use serde::{Deserialize, Serialize};
use tallybook_domain::orders::{OrderRefund, OrderRefundCommand, RefundId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::OrderRefundOutcome;
use super::refund_step::{RefundParties, release};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RejectOrderRefund {
    pub refund: RefundId,
    pub reason: Reason,
}

/// The money can be asked back again.
pub async fn reject_order_refund(
    book: &Book,
    context: CommandContext,
    asked: RejectOrderRefund,
) -> Result<Receipt<OrderRefundOutcome>, CommandError> {
    let by = context.actor.clone();
    let request = context.request_because("reject_order_refund", Some(&asked.reason), &asked)?;
    let streams = vec![StreamKey::existing::<OrderRefund>(&asked.refund)];
    book.execute(request, streams, move |decision| {
        let RejectOrderRefund { refund, reason } = asked.clone();
        let parties = RefundParties::of(decision, &refund)?;
        let reject = OrderRefundCommand::Reject { refund: refund.clone(), by: by.clone(), reason };
        if decision.decide::<OrderRefund>(refund.as_str(), reject)? > 0 {
            release(decision, &parties)?;
        }
        OrderRefundOutcome::of(decision, &refund)
    })
    .await
}
