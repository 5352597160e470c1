//! A person confirms that the channel has paid back.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::orders::{OrderRefund, PaidWith, Payment, RefundId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::OrderRefundOutcome;
use super::refund_step::{RefundParties, succeed, succeed_after_all};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SucceedOrderRefund {
    pub refund: RefundId,
    /// Today, if not given, or the day of the step before, if that is later.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// A channel's fact, so it is recorded for a suspended customer too.
pub async fn succeed_order_refund(
    book: &Book,
    context: CommandContext,
    asked: SucceedOrderRefund,
) -> Result<Receipt<OrderRefundOutcome>, CommandError> {
    let request = context.request("succeed_order_refund", &asked)?;
    let streams = vec![StreamKey::existing::<OrderRefund>(&asked.refund)];
    book.execute(request, streams, move |decision| {
        let SucceedOrderRefund { refund, effective_date } = asked.clone();
        let parties = RefundParties::of(decision, &refund)?;
        let today = decision.today();
        let date = effective_date.unwrap_or_else(|| parties.date_of_step(decision, today));
        if is_said_by_the_channel(decision, &parties) {
            succeed_after_all(decision, &parties, date)?;
        } else {
            succeed(decision, &parties, date)?;
        }
        OrderRefundOutcome::of(decision, &refund)
    })
    .await
}

/// What failed by a person's word succeeds by the channel's alone; if that could not be booked when it came, it is what the
/// person confirms now.
fn is_said_by_the_channel(decision: &Decision<'_>, parties: &RefundParties) -> bool {
    let given_up = decision.state::<OrderRefund>(parties.refund.as_str()).is_given_up();
    match &parties.back_to {
        PaidWith::Channel { payment, .. } => {
            given_up && decision.state::<Payment>(payment.as_str()).is_said_refunded(&parties.refund)
        }
        PaidWith::Wallet { .. } => false,
    }
}
