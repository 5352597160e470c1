//! Who has used an account.
//!
//! Must never grow without end: what so many customers share is shared, however many more there are.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{PayeeEvent, PayeeRefusal};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::CustomerId;
use crate::risk::{PayeeId, RiskEvent};

/// By default one nobody has used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    payee: Option<PayeeId>,
    customers: Vec<CustomerId>,
}

/// Customers that are remembered.
const CUSTOMERS: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayeeCommand {
    Use { payee: PayeeId, customer: CustomerId },
}

impl Payee {
    /// How many others than this one, of those who are remembered.
    pub fn other_customers(&self, customer: &CustomerId) -> u32 {
        self.customers
            .iter()
            .filter(|known| *known != customer)
            .fold(0, |count: u32, _| count.saturating_add(1))
    }
}

impl EventSourced for Payee {
    /// Who has used it before uses it again without a trace.
    fn decide(
        &self,
        PayeeCommand::Use { payee, customer }: PayeeCommand,
    ) -> Result<Vec<PayeeEvent>, PayeeRefusal> {
        if self.payee.as_ref().is_some_and(|known| *known != payee) {
            return Err(PayeeRefusal::Another { payee });
        }
        if self.customers.contains(&customer) || self.customers.len() >= CUSTOMERS {
            return Ok(Vec::new());
        }
        Ok(vec![PayeeEvent::PayeeUsed { payee, customer }])
    }

    fn evolve(&mut self, event: &PayeeEvent) -> Result<(), CorruptStream> {
        let PayeeEvent::PayeeUsed { payee, customer } = event;
        if self.payee.get_or_insert_with(|| payee.clone()) != payee {
            return Err(CorruptStream::new(Self::TYPE, format!("{payee} has another stream")));
        }
        if self.customers.contains(customer) {
            return Err(CorruptStream::new(
                Self::TYPE,
                format!("{customer} used {payee} for the first time twice"),
            ));
        }
        self.customers.push(customer.clone());
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&PayeeEvent> {
        match event {
            BookEvent::Risk(RiskEvent::Payee(event)) => Some(event),
            BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_) => None,
        }
    }
}

impl Aggregate for Payee {
    const TYPE: &'static str = "payee";
    type Command = PayeeCommand;
    type Event = PayeeEvent;
    type Error = PayeeRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: PayeeCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), PayeeRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: PayeeEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
