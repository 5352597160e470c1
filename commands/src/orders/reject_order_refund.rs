//! Someone who decides does not let money of an order go back.

use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::Given;
use tallybook_domain::orders::{OrderRefund, OrderRefundCommand, RefundId};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt};

use super::OrderRefundOutcome;
use super::refund_step::{RefundParties, release};
use crate::CommandContext;
use crate::approvals::{Decider, Subject, disagree};

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
    let decider = Decider::rejecting(Given::alone(context.actor.clone()), None);
    let request = context.request_because("reject_order_refund", Some(&asked.reason), &asked)?;
    let subject = Subject::OrderRefund(asked.refund.clone());
    book.execute(request, subject.streams(), move |decision| {
        let RejectOrderRefund { refund, reason } = &asked;
        disagree(decision, &subject, &decider, reason)?;
        reject_refund_of_order(decision, refund, &decider.given.by, reason)?;
        OrderRefundOutcome::of(decision, refund)
    })
    .await
}

pub(crate) fn reject_refund_of_order(
    decision: &mut Decision<'_>,
    refund: &RefundId,
    by: &Actor,
    reason: &Reason,
) -> Result<(), Refusal> {
    let parties = RefundParties::of(decision, refund)?;
    let (id, by, reason) = (refund.clone(), by.clone(), reason.clone());
    let reject = OrderRefundCommand::Reject { refund: id, by, reason };
    if decision.decide::<OrderRefund>(refund.as_str(), reject)? > 0 {
        release(decision, &parties)?;
    }
    Ok(())
}
