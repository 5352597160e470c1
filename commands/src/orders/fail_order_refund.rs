//! The channel has not paid back, or a refund is given up: the money stays.

use serde::{Deserialize, Serialize};
use tallybook_domain::orders::{OrderRefund, RefundId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::OrderRefundOutcome;
use super::refund_step::{RefundParties, fail};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FailOrderRefund {
    pub refund: RefundId,
    pub reason: Reason,
}

/// A channel's fact, so it is recorded for a suspended customer too.
pub async fn fail_order_refund(
    book: &Book,
    context: CommandContext,
    asked: FailOrderRefund,
) -> Result<Receipt<OrderRefundOutcome>, CommandError> {
    let request = context.request_because("fail_order_refund", Some(&asked.reason), &asked)?;
    let streams = vec![StreamKey::existing::<OrderRefund>(&asked.refund)];
    book.execute(request, streams, move |decision| {
        let FailOrderRefund { refund, reason } = asked.clone();
        let parties = RefundParties::of(decision, &refund)?;
        fail(decision, &parties, Some(reason))?;
        OrderRefundOutcome::of(decision, &refund)
    })
    .await
}
