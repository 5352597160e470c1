//! A person confirms that the channel has paid back.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::orders::{OrderRefund, RefundId};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::OrderRefundOutcome;
use super::refund_step::{RefundParties, succeed};
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
        succeed(decision, &parties, date)?;
        OrderRefundOutcome::of(decision, &refund)
    })
    .await
}
