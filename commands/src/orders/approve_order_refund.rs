//! Someone other than who asked lets money of an order go back.

use serde::{Deserialize, Serialize};
use tallybook_domain::orders::{OrderRefund, OrderRefundCommand, PaidWith, RefundId};
use tallybook_domain::{Actor, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::OrderRefundOutcome;
use super::refund_step::{RefundParties, check_may_go, succeed};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApproveOrderRefund {
    pub refund: RefundId,
}

/// What goes back to the wallet is there at once; what goes back through a channel has to be submitted.
pub async fn approve_order_refund(
    book: &Book,
    context: CommandContext,
    asked: ApproveOrderRefund,
) -> Result<Receipt<OrderRefundOutcome>, CommandError> {
    let by = context.actor.clone();
    let request = context.request("approve_order_refund", &asked)?;
    let streams = vec![StreamKey::existing::<OrderRefund>(&asked.refund)];
    book.execute(request, streams, move |decision| decide(decision, &asked.refund, by.clone())).await
}

fn decide(decision: &mut Decision<'_>, refund: &RefundId, by: Actor) -> Result<OrderRefundOutcome, Refusal> {
    let parties = RefundParties::of(decision, refund)?;
    let approve = OrderRefundCommand::Approve { refund: refund.clone(), by };
    if decision.decide::<OrderRefund>(refund.as_str(), approve)? > 0 {
        check_may_go(decision, &parties)?;
        match parties.back_to {
            PaidWith::Wallet { .. } => {
                let effective_date = parties.date_of_step(decision, decision.today());
                succeed(decision, &parties, effective_date)?;
            }
            PaidWith::Channel { .. } => {}
        }
    }
    OrderRefundOutcome::of(decision, refund)
}
