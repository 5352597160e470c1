//! The time of an order's next step has come: it is cancelled, received or completed.

use serde::{Deserialize, Serialize};
use tallybook_domain::orders::{Order, OrderCommand, OrderId, OrderTimes};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::OrderOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TakeDueStep {
    pub order: OrderId,
}

/// Decides nothing before its time, or when somebody was faster, so that any number of processes may ask as often as
/// they like.
pub async fn take_due_step(
    book: &Book,
    context: CommandContext,
    asked: TakeDueStep,
    times: OrderTimes,
) -> Result<Receipt<OrderOutcome>, CommandError> {
    let request = context.request("take_due_step_of_order", &asked)?;
    let streams = vec![StreamKey::existing::<Order>(&asked.order)];
    book.execute(request, streams, move |decision| {
        let order = asked.order.clone();
        let (now, today) = (decision.now(), decision.today());
        let effective_date = decision.state::<Order>(order.as_str()).effective_date_by_default(today);
        let complete_by = times.complete_by(now);
        let id = order.clone();
        let step = OrderCommand::TakeDueStep { order, now, complete_by, effective_date, today };
        decision.decide::<Order>(id.as_str(), step)?;
        OrderOutcome::of(decision, &id)
    })
    .await
}
