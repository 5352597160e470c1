//! The order: placed, paid, delivered, completed; or cancelled, or all of it refunded.
//!
//! Must never hold money nor know a channel: what was paid and refunded is decided together with the wallet or the
//! payment. Times are the book's: a step whose time has come is decided here, however often somebody asks.

use chrono::{DateTime, NaiveDate, Utc};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::standing::Standing;
use super::{OrderCommand, OrderEvent, OrderRefusal, OrderState, OrderTerms, PaidWith, rules};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::CustomerId;
use crate::money::{Money, MoneyError};
use crate::orders::{OrdersEvent, RefundId};

/// An order; by default one nobody has placed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub(super) placed: Option<Standing>,
}

impl Order {
    /// `None` before it is placed, as all of these.
    pub fn state(&self) -> Option<OrderState> {
        self.placed.as_ref().map(|order| order.state)
    }

    pub fn terms(&self) -> Option<&OrderTerms> {
        self.placed.as_ref().map(|order| order.terms.as_ref())
    }

    pub fn customer(&self) -> Option<&CustomerId> {
        self.terms().map(|terms| &terms.customer)
    }

    /// What is to be paid, or was.
    pub fn amount(&self) -> Option<Money> {
        self.terms().map(|terms| terms.amount)
    }

    /// The business date on which it was placed.
    pub fn placed_date(&self) -> Option<NaiveDate> {
        self.placed.as_ref().map(|order| order.placed_date)
    }

    /// Whether a payment would be taken for it.
    pub fn awaits_payment(&self) -> bool {
        self.state() == Some(OrderState::PendingPayment)
    }

    /// `None` before it is paid.
    pub fn paid_with(&self) -> Option<&PaidWith> {
        self.placed.as_ref().and_then(|order| order.paid_with.as_ref())
    }

    /// What was paid; nothing before it is paid.
    pub fn captured(&self) -> Option<Money> {
        self.placed.as_ref().map(|order| order.captured)
    }

    pub fn refunded(&self) -> Option<Money> {
        self.placed.as_ref().map(|order| order.refunded)
    }

    /// What can still be asked back.
    pub fn refundable(&self) -> Result<Option<Money>, MoneyError> {
        self.placed.as_ref().map(Standing::refundable).transpose()
    }

    /// Whether so much of it can go back although nothing is set aside for it.
    pub fn may_refund_after_all(&self, amount: Money) -> Result<bool, MoneyError> {
        let Some(order) = &self.placed else { return Ok(false) };
        let paid = order.state.holds_money() || order.state == OrderState::Completed;
        Ok(paid && order.refundable()?.covers(amount)?)
    }

    /// What is set aside for a refund; `None` if it is not open.
    pub fn open_refund(&self, refund: &RefundId) -> Option<Money> {
        self.placed.as_ref().and_then(|order| order.open_refunds.get(refund).copied())
    }

    /// When its next step takes itself, once no refund is open.
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        self.placed.as_ref().and_then(|order| order.due_at)
    }

    /// The business date of a step nobody gave one: today, or that of the step it follows, if that is later.
    pub fn effective_date_by_default(&self, today: NaiveDate) -> NaiveDate {
        let last = self.placed.as_ref().and_then(|order| order.last_effective);
        last.map_or(today, |last| last.max(today))
    }
}

impl EventSourced for Order {
    fn decide(&self, command: OrderCommand) -> Result<Vec<OrderEvent>, OrderRefusal> {
        rules::decide(self, command)
    }

    fn evolve(&mut self, event: &OrderEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &str| {
            let kind = event.kind().name;
            CorruptStream::new(Self::TYPE, format!("{kind} of {}: {detail}", event.order()))
        };
        match &mut self.placed {
            Some(order) if order.order != *event.order() => Err(corrupt("belongs to another order")),
            Some(order) => order.take_in(event).map_err(|detail| corrupt(&detail)),
            placed @ None => {
                let OrderEvent::OrderPlaced { order, terms, placed_date, pay_by } = event else {
                    return Err(corrupt("never placed"));
                };
                *placed = Some(Standing::placed(order, terms, (*placed_date, *pay_by)));
                Ok(())
            }
        }
    }

    fn pick(event: &BookEvent) -> Option<&OrderEvent> {
        match event {
            BookEvent::Orders(OrdersEvent::Order(event)) => Some(event),
            BookEvent::Orders(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Approvals(_)
            | BookEvent::Payouts(_) => None,
        }
    }
}

impl Aggregate for Order {
    const TYPE: &'static str = "order";
    type Command = OrderCommand;
    type Event = OrderEvent;
    type Error = OrderRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: OrderCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), OrderRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: OrderEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
