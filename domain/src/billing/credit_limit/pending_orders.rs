//! The orders of a customer that may wait for their payment, counted while it has a credit limit.
//!
//! An order's id follows from the shop's number, so nothing but this says which orders a customer has. Counted is each as
//! it is placed, from the first one on that meets a limit; who never has one is never counted. Which of them still
//! waits, the orders say themselves: being paid and being cancelled touch nothing here.

use std::collections::BTreeSet;
use std::convert::Infallible;

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::{Deserialize, Serialize};

use crate::billing::BillingEvent;
use crate::event::{BookEvent, EventKind};
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::CustomerId;
use crate::orders::OrderId;

/// By default those of a customer whose orders nobody has counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingOrders {
    counted: Option<Counted>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Counted {
    customer: CustomerId,
    orders: BTreeSet<OrderId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PendingOrdersCommand {
    Count(CountedOrder),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PendingOrdersEvent {
    /// The customer has placed an order.
    PendingOrderCounted(CountedOrder),
}

/// An order, and what else was found out when it was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedOrder {
    pub customer: CustomerId,
    pub order: OrderId,
    /// Those that waited when the first was counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<OrderId>,
    /// Those counted before that wait no more: they are not looked at again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<OrderId>,
}

const COUNTED: EventKind = EventKind::first_version("PendingOrderCounted");

impl PendingOrdersEvent {
    pub const KINDS: [EventKind; 1] = [COUNTED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::PendingOrderCounted(_) => COUNTED,
        }
    }

    pub fn customer(&self) -> &CustomerId {
        match self {
            Self::PendingOrderCounted(counted) => &counted.customer,
        }
    }
}

impl DomainEvent for PendingOrdersEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}

const SUFFIX: &str = ".pending-orders";

impl PendingOrders {
    /// How many may wait: a decision looks at each of them.
    pub const AT_MOST: usize = 1_000;

    /// `C00042.pending-orders`.
    pub fn stream_of(customer: &CustomerId) -> String {
        format!("{customer}{SUFFIX}")
    }

    pub fn is_stream(id: &str) -> bool {
        id.strip_suffix(SUFFIX).is_some_and(|customer| customer.parse::<CustomerId>().is_ok())
    }

    /// Whether every order from the first of them on is counted.
    pub fn is_counted(&self) -> bool {
        self.counted.is_some()
    }

    /// All that may still wait.
    pub fn orders(&self) -> impl Iterator<Item = &OrderId> {
        self.counted.iter().flat_map(|counted| &counted.orders)
    }
}

impl EventSourced for PendingOrders {
    /// An order is counted once.
    fn decide(
        &self,
        PendingOrdersCommand::Count(order): PendingOrdersCommand,
    ) -> Result<Vec<PendingOrdersEvent>, Infallible> {
        let known = self.orders().any(|known| *known == order.order);
        Ok(if known { Vec::new() } else { vec![PendingOrdersEvent::PendingOrderCounted(order)] })
    }

    fn evolve(
        &mut self,
        PendingOrdersEvent::PendingOrderCounted(new): &PendingOrdersEvent,
    ) -> Result<(), CorruptStream> {
        let corrupt = |detail: &str| {
            CorruptStream::new(Self::TYPE, format!("{} of {}: {detail}", COUNTED.name, new.customer))
        };
        if self.is_counted() && !new.earlier.is_empty() {
            return Err(corrupt("what was there before the first is counted already"));
        }
        let first =
            || Counted { customer: new.customer.clone(), orders: new.earlier.iter().cloned().collect() };
        let counted = self.counted.get_or_insert_with(first);
        if counted.customer != new.customer {
            return Err(corrupt("belongs to another customer"));
        }
        for ended in &new.ended {
            if !counted.orders.remove(ended) {
                return Err(corrupt("an order has ended that was not counted"));
            }
        }
        if !counted.orders.insert(new.order.clone()) {
            return Err(corrupt("counted twice"));
        }
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&PendingOrdersEvent> {
        match event {
            BookEvent::Billing(BillingEvent::PendingOrders(event)) => Some(event),
            BookEvent::Billing(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_) => None,
        }
    }
}

impl Aggregate for PendingOrders {
    const TYPE: &'static str = "pending_orders";
    type Command = PendingOrdersCommand;
    type Event = PendingOrdersEvent;
    type Error = Infallible;
    type Services = ();

    async fn handle(
        &mut self,
        command: PendingOrdersCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Infallible> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: PendingOrdersEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
