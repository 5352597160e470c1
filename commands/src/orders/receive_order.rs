//! The customer has what was ordered.

use serde::{Deserialize, Serialize};
use tallybook_domain::orders::{Order, OrderCommand, OrderId, OrderTimes};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::OrderOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReceiveOrder {
    pub order: OrderId,
}

pub async fn receive_order(
    book: &Book,
    context: CommandContext,
    asked: ReceiveOrder,
    times: OrderTimes,
) -> Result<Receipt<OrderOutcome>, CommandError> {
    let request = context.request("receive_order", &asked)?;
    let streams = vec![StreamKey::existing::<Order>(&asked.order)];
    book.execute(request, streams, move |decision| {
        let order = asked.order.clone();
        let complete_by = times.complete_by(decision.now());
        let receive = OrderCommand::Receive { order: order.clone(), complete_by };
        decision.decide::<Order>(order.as_str(), receive)?;
        OrderOutcome::of(decision, &order)
    })
    .await
}
