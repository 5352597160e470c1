//! Someone other than who asked lets money of an order go back.

use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::Given;
use tallybook_domain::orders::{OrderRefund, OrderRefundCommand, PaidWith, RefundId};
use tallybook_domain::{Actor, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt};

use super::OrderRefundOutcome;
use super::refund_step::{RefundParties, check_may_go, succeed};
use crate::CommandContext;
use crate::approvals::{Agreed, Decider, Subject, Waiting, agree, missing_approvals};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApproveOrderRefund {
    pub refund: RefundId,
}

/// Once as many have approved as it takes, what goes back to the wallet is there at once; what goes back through a channel
/// has to be submitted.
pub async fn approve_order_refund(
    book: &Book,
    context: CommandContext,
    asked: ApproveOrderRefund,
) -> Result<Receipt<OrderRefundOutcome>, CommandError> {
    let decider = Decider::approving(book, Given::alone(context.actor.clone()), None).await?;
    let request = context.request("approve_order_refund", &asked)?;
    let subject = Subject::OrderRefund(asked.refund.clone());
    book.execute(request, subject.streams(), move |decision| {
        let refund = &asked.refund;
        match agree(decision, &subject, &decider, None)? {
            Agreed::NotYet => {}
            Agreed::Enough | Agreed::Before => approve_refund_of_order(decision, refund, &decider.given.by)?,
        }
        let outcome = OrderRefundOutcome::of(decision, refund)?;
        Ok(OrderRefundOutcome { missing_approvals: missing_approvals(decision, &subject), ..outcome })
    })
    .await
}

/// As the last of those it takes.
pub(crate) fn approve_refund_of_order(
    decision: &mut Decision<'_>,
    refund: &RefundId,
    by: &Actor,
) -> Result<(), Refusal> {
    let parties = RefundParties::of(decision, refund)?;
    let approve = OrderRefundCommand::Approve { refund: refund.clone(), by: by.clone() };
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
    Ok(())
}

/// Nobody agrees to what could not go back.
pub(crate) fn check_may_approve_refund(
    decision: &mut Decision<'_>,
    refund: &RefundId,
) -> Result<(), Refusal> {
    let parties = RefundParties::of(decision, refund)?;
    check_may_go(decision, &parties)
}

/// Nothing of money that is not the order's, unless it is a person's word that makes it so.
pub(crate) fn waiting_order_refund(decision: &Decision<'_>, refund: &RefundId) -> Option<Waiting> {
    let refund = decision.state::<OrderRefund>(refund.as_str());
    let requested_by = refund.waits_for_approval()?.clone();
    let (customer, amounts) = (refund.customer().cloned(), refund.amount().into_iter().collect());
    Some(Waiting { requested_by, customer, amounts, why: None })
}
