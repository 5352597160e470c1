//! The customer: a name, a profile, who looks after it, and whether money may come in and leave.
//!
//! Must never hold money; that is the wallet's. That names and codes are unique is a claim in the journal, not known
//! here.

mod decide;
mod state;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{
    AccountManager, CustomerCommand, CustomerEvent, CustomerName, CustomerProfile, CustomerRefusal,
    CustomerStatus,
};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::CustomerId;
use state::Registered;

/// A customer; by default one that does not exist yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    registered: Option<Registered>,
}

impl Customer {
    pub fn is_registered(&self) -> bool {
        self.registered.is_some()
    }

    /// `None` before registration.
    pub fn name(&self) -> Option<&CustomerName> {
        self.registered.as_ref().map(|registered| &registered.name)
    }

    /// `None` before registration.
    pub fn status(&self) -> Option<CustomerStatus> {
        self.registered.as_ref().map(|registered| registered.status)
    }

    /// `None` before registration.
    pub fn profile(&self) -> Option<&CustomerProfile> {
        self.registered.as_ref().map(|registered| &*registered.profile)
    }

    /// `None` if nobody looks after the customer.
    pub fn account_manager(&self) -> Option<&AccountManager> {
        self.registered.as_ref().and_then(|registered| registered.account_manager.as_ref())
    }

    pub fn is_erased(&self) -> bool {
        self.registered.as_ref().is_some_and(|registered| registered.erased)
    }

    /// Whether the customer exists and money may leave. What the bank sends back to a closed customer has to be able
    /// to go out again.
    pub fn may_withdraw(&self) -> bool {
        matches!(self.status(), Some(CustomerStatus::Active | CustomerStatus::Closed))
    }

    /// Refuses what is asked about a customer that does not exist.
    pub fn check_registered(&self, customer: &CustomerId) -> Result<(), CustomerRefusal> {
        self.registered(customer).map(|_| ())
    }

    /// Refuses what is new for a customer that does not exist or is closed.
    pub fn check_open(&self, customer: &CustomerId) -> Result<(), CustomerRefusal> {
        self.open(customer).map(|_| ())
    }

    fn registered(&self, customer: &CustomerId) -> Result<&Registered, CustomerRefusal> {
        self.registered.as_ref().ok_or_else(|| CustomerRefusal::NotFound { customer: customer.clone() })
    }

    fn open(&self, customer: &CustomerId) -> Result<&Registered, CustomerRefusal> {
        let registered = self.registered(customer)?;
        match registered.status {
            CustomerStatus::Active | CustomerStatus::Suspended => Ok(registered),
            CustomerStatus::Closed => Err(CustomerRefusal::Closed { customer: customer.clone() }),
        }
    }
}

impl EventSourced for Customer {
    fn decide(&self, command: CustomerCommand) -> Result<Vec<CustomerEvent>, CustomerRefusal> {
        match command {
            CustomerCommand::Register { customer, name, account_manager, profile } => {
                self.register(customer, name, account_manager, &profile)
            }
            CustomerCommand::Change { customer, name, account_manager, profile } => {
                self.change(customer, name, &account_manager, &profile)
            }
            CustomerCommand::AssignAccountManager { customer, from, to } => {
                self.assign_account_manager(customer, from, to)
            }
            CustomerCommand::Suspend { customer, reason } => self.suspend(customer, reason),
            CustomerCommand::Reactivate { customer, reason } => self.reactivate(customer, reason),
            CustomerCommand::Close { customer, reason, open } => self.close(customer, reason, open),
            CustomerCommand::ErasePersonalData { customer, reason } => self.erase(customer, reason),
        }
    }

    fn evolve(&mut self, event: &CustomerEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &dyn std::fmt::Display| {
            CorruptStream::new(Self::TYPE, format!("{}: {detail}", event.kind().name))
        };
        if let CustomerEvent::CustomerRegistered { customer, name } = event {
            return match self.registered.replace(Registered::new(customer, name)) {
                None => Ok(()),
                Some(_) => Err(corrupt(&"registered twice")),
            };
        }
        let registered = self.registered.as_mut().ok_or_else(|| corrupt(&"not registered"))?;
        if registered.customer != *event.customer() {
            return Err(corrupt(&"belongs to another customer"));
        }
        registered.take_in(event).map_err(|broken| corrupt(&broken))
    }

    fn pick(event: &BookEvent) -> Option<&CustomerEvent> {
        match event {
            BookEvent::Customer(event) => Some(event),
            BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Billing(_) => None,
        }
    }
}

impl Aggregate for Customer {
    const TYPE: &'static str = "customer";
    type Command = CustomerCommand;
    type Event = CustomerEvent;
    type Error = CustomerRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: CustomerCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), CustomerRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: CustomerEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
