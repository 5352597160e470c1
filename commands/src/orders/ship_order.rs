//! An order, or a part of it, has left.

use serde::{Deserialize, Serialize};
use tallybook_domain::orders::{Carrier, Order, OrderCommand, OrderId, OrderTimes, ShippedPart, TrackingNo};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::OrderOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShipOrder {
    pub order: OrderId,
    pub parts: Vec<ShippedPart>,
    #[serde(default)]
    pub carrier: Option<Carrier>,
    #[serde(default)]
    pub tracking_no: Option<TrackingNo>,
    /// Nothing more will be shipped, although something is left.
    #[serde(default)]
    pub last: bool,
}

pub async fn ship_order(
    book: &Book,
    context: CommandContext,
    asked: ShipOrder,
    times: OrderTimes,
) -> Result<Receipt<OrderOutcome>, CommandError> {
    let request = context.request("ship_order", &asked)?;
    let streams = vec![StreamKey::existing::<Order>(&asked.order)];
    book.execute(request, streams, move |decision| {
        let ShipOrder { order, parts, carrier, tracking_no, last } = asked.clone();
        let (id, receive_by) = (order.clone(), times.receive_by(decision.now()));
        let ship = OrderCommand::Ship { order, parts, carrier, tracking_no, last, receive_by };
        decision.decide::<Order>(id.as_str(), ship)?;
        OrderOutcome::of(decision, &id)
    })
    .await
}
