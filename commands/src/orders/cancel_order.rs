//! An order that is not paid is no longer wanted.

use serde::{Deserialize, Serialize};
use tallybook_domain::orders::{Order, OrderCommand, OrderId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::OrderOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CancelOrder {
    pub order: OrderId,
    #[serde(default)]
    pub reason: Option<Reason>,
}

pub async fn cancel_order(
    book: &Book,
    context: CommandContext,
    asked: CancelOrder,
) -> Result<Receipt<OrderOutcome>, CommandError> {
    let request = context.request_because("cancel_order", asked.reason.as_ref(), &asked)?;
    let streams = vec![StreamKey::existing::<Order>(&asked.order)];
    book.execute(request, streams, move |decision| {
        let CancelOrder { order, reason } = asked.clone();
        let cancel = OrderCommand::Cancel { order: order.clone(), reason };
        decision.decide::<Order>(order.as_str(), cancel)?;
        OrderOutcome::of(decision, &order)
    })
    .await
}
