//! Somebody asks for money of an order to go back where it came from.

use serde::{Deserialize, Serialize};
use tallybook_domain::dates::EARLIEST_EFFECTIVE_DATE;
use tallybook_domain::orders::{
    Order, OrderAction, OrderCommand, OrderId, OrderRefund, OrderRefundCommand, OrderRefusal, RefundId,
};
use tallybook_domain::text::Reason;
use tallybook_domain::{Money, Refusal, Requester};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::OrderRefundOutcome;
use crate::CommandContext;
use crate::approvals::{Subject, ask, missing_approvals};
use crate::requester::requester;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RequestOrderRefund {
    pub order: OrderId,
    pub amount: Money,
    pub reason: Reason,
    /// The numbers of the lines it is about.
    #[serde(default)]
    pub lines: Vec<u32>,
}

/// Sets the order's money aside: all that is asked back is never more than was paid.
///
/// `refund` was made for this call; a repeat with the same key brings another and is answered with the first.
pub async fn request_order_refund(
    book: &Book,
    context: CommandContext,
    refund: RefundId,
    asked: RequestOrderRefund,
) -> Result<Receipt<OrderRefundOutcome>, CommandError> {
    let by = requester(book, &context.actor).await?;
    let request = context.request_because("request_order_refund", Some(&asked.reason), &asked)?;
    let subject = Subject::OrderRefund(refund.clone());
    let mut streams =
        vec![StreamKey::existing::<Order>(&asked.order), StreamKey::fresh::<OrderRefund>(&refund)];
    streams.extend(subject.fresh_streams_of_approval());
    book.execute(request, streams, move |decision| {
        decide(decision, &refund, asked.clone(), by.clone())?;
        ask(decision, &subject, Some(&asked.reason))?;
        let outcome = OrderRefundOutcome::of(decision, &refund)?;
        Ok(OrderRefundOutcome { missing_approvals: missing_approvals(decision, &subject), ..outcome })
    })
    .await
}

fn decide(
    decision: &mut Decision<'_>,
    refund: &RefundId,
    asked: RequestOrderRefund,
    requested_by: Requester,
) -> Result<(), Refusal> {
    let RequestOrderRefund { order, amount, reason, lines } = asked;
    let reserve = OrderCommand::RequestRefund { order: order.clone(), refund: refund.clone(), amount };
    decision.decide::<Order>(order.as_str(), reserve)?;
    let state = decision.state::<Order>(order.as_str());
    check_lines(state, &order, &lines)?;
    let since = state.effective_date_by_default(EARLIEST_EFFECTIVE_DATE);
    let (Some(customer), Some(back_to)) = (state.customer().cloned(), state.paid_with().cloned()) else {
        return Err(not_paid(state, order));
    };
    let ask = OrderRefundCommand::Request {
        refund: refund.clone(),
        order,
        customer,
        back_to,
        amount,
        lines,
        reason,
        requested_by,
        since,
    };
    decision.decide::<OrderRefund>(refund.as_str(), ask)?;
    Ok(())
}

fn check_lines(state: &Order, order: &OrderId, lines: &[u32]) -> Result<(), OrderRefusal> {
    let ordered = |number: u32| {
        state.terms().is_some_and(|terms| terms.lines.iter().any(|ordered| ordered.line == number))
    };
    match lines.iter().find(|line| !ordered(**line)) {
        Some(line) => Err(OrderRefusal::NoSuchLine { order: order.clone(), line: *line }),
        None => Ok(()),
    }
}

fn not_paid(state: &Order, order: OrderId) -> Refusal {
    match state.state() {
        Some(state) => OrderRefusal::NotInState { order, state, action: OrderAction::Refund }.into(),
        None => OrderRefusal::NotFound { order }.into(),
    }
}
