//! What has happened to an account money was sent to.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::event::EventKind;
use crate::ids::CustomerId;
use crate::risk::PayeeId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PayeeEvent {
    /// A customer had money sent there for the first time.
    PayeeUsed { payee: PayeeId, customer: CustomerId },
}

const USED: EventKind = EventKind::first_version("PayeeUsed");

impl PayeeEvent {
    pub const KINDS: [EventKind; 1] = [USED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::PayeeUsed { .. } => USED,
        }
    }

    pub fn payee(&self) -> &PayeeId {
        match self {
            Self::PayeeUsed { payee, .. } => payee,
        }
    }
}

impl DomainEvent for PayeeEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
