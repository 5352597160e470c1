//! The customer: a name and whether money may leave.
//!
//! Must never hold money; that is the wallet's. That names are unique is a claim in the journal, not known here.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{CustomerCommand, CustomerEvent, CustomerName, CustomerRefusal, CustomerStatus};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::CustomerId;
use crate::text::Reason;

/// A customer; by default one that does not exist yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    registered: Option<Registered>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Registered {
    customer: CustomerId,
    name: CustomerName,
    status: CustomerStatus,
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

    /// Whether the customer exists and money may leave.
    pub fn may_withdraw(&self) -> bool {
        self.status() == Some(CustomerStatus::Active)
    }

    /// Refuses what is asked about a customer that does not exist.
    pub fn check_registered(&self, customer: &CustomerId) -> Result<(), CustomerRefusal> {
        self.registered(customer).map(|_| ())
    }

    fn registered(&self, customer: &CustomerId) -> Result<&Registered, CustomerRefusal> {
        self.registered.as_ref().ok_or_else(|| CustomerRefusal::NotFound { customer: customer.clone() })
    }

    fn register(&self, customer: CustomerId, name: CustomerName) -> Result<CustomerEvent, CustomerRefusal> {
        match &self.registered {
            Some(registered) => {
                Err(CustomerRefusal::AlreadyRegistered { customer: registered.customer.clone() })
            }
            None => Ok(CustomerEvent::CustomerRegistered { customer, name }),
        }
    }

    /// The name a customer has already is no change.
    fn rename(
        &self,
        customer: CustomerId,
        new_name: CustomerName,
    ) -> Result<Option<CustomerEvent>, CustomerRefusal> {
        let registered = self.registered(&customer)?;
        if registered.name == new_name {
            return Ok(None);
        }
        let old_name = registered.name.clone();
        Ok(Some(CustomerEvent::CustomerRenamed { customer, old_name, new_name }))
    }

    /// A second suspension is a retry of the first, whose reason stands.
    fn suspend(
        &self,
        customer: CustomerId,
        reason: Reason,
    ) -> Result<Option<CustomerEvent>, CustomerRefusal> {
        match self.registered(&customer)?.status {
            CustomerStatus::Active => Ok(Some(CustomerEvent::CustomerSuspended { customer, reason })),
            CustomerStatus::Suspended => Ok(None),
        }
    }

    /// Who is not suspended may withdraw already.
    fn reactivate(
        &self,
        customer: CustomerId,
        reason: Option<Reason>,
    ) -> Result<Option<CustomerEvent>, CustomerRefusal> {
        match self.registered(&customer)?.status {
            CustomerStatus::Active => Ok(None),
            CustomerStatus::Suspended => Ok(Some(CustomerEvent::CustomerReactivated { customer, reason })),
        }
    }
}

impl EventSourced for Customer {
    fn decide(&self, command: CustomerCommand) -> Result<Vec<CustomerEvent>, CustomerRefusal> {
        let event = match command {
            CustomerCommand::Register { customer, name } => Some(self.register(customer, name)?),
            CustomerCommand::Rename { customer, name } => self.rename(customer, name)?,
            CustomerCommand::Suspend { customer, reason } => self.suspend(customer, reason)?,
            CustomerCommand::Reactivate { customer, reason } => self.reactivate(customer, reason)?,
        };
        Ok(event.into_iter().collect())
    }

    fn evolve(&mut self, event: &CustomerEvent) -> Result<(), CorruptStream> {
        let corrupt =
            |detail: &str| CorruptStream::new(Self::TYPE, format!("{}: {detail}", event.kind().name));
        if let CustomerEvent::CustomerRegistered { customer, name } = event {
            let registered =
                Registered { customer: customer.clone(), name: name.clone(), status: CustomerStatus::Active };
            return match self.registered.replace(registered) {
                None => Ok(()),
                Some(_) => Err(corrupt("registered twice")),
            };
        }
        let registered = self.registered.as_mut().ok_or_else(|| corrupt("not registered"))?;
        if registered.customer != *event.customer() {
            return Err(corrupt("belongs to another customer"));
        }
        match (event, registered.status) {
            (CustomerEvent::CustomerRenamed { new_name, .. }, _) => registered.name = new_name.clone(),
            (CustomerEvent::CustomerSuspended { .. }, CustomerStatus::Active) => {
                registered.status = CustomerStatus::Suspended;
            }
            (CustomerEvent::CustomerReactivated { .. }, CustomerStatus::Suspended) => {
                registered.status = CustomerStatus::Active;
            }
            (CustomerEvent::CustomerSuspended { .. }, CustomerStatus::Suspended)
            | (CustomerEvent::CustomerReactivated { .. }, CustomerStatus::Active)
            | (CustomerEvent::CustomerRegistered { .. }, _) => {
                return Err(corrupt("not a step from the state it met"));
            }
        }
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&CustomerEvent> {
        match event {
            BookEvent::Customer(event) => Some(event),
            BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
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
