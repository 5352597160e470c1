//! What has happened to a customer.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::CustomerName;
use crate::event::EventKind;
use crate::ids::CustomerId;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CustomerEvent {
    CustomerRegistered {
        customer: CustomerId,
        name: CustomerName,
    },
    CustomerRenamed {
        customer: CustomerId,
        old_name: CustomerName,
        new_name: CustomerName,
    },
    /// From here on the customer's wallets take money in, but none goes out.
    CustomerSuspended {
        customer: CustomerId,
        reason: Reason,
    },
    CustomerReactivated {
        customer: CustomerId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
}

const REGISTERED: EventKind = EventKind::first_version("CustomerRegistered");
const RENAMED: EventKind = EventKind::first_version("CustomerRenamed");
const SUSPENDED: EventKind = EventKind::first_version("CustomerSuspended");
const REACTIVATED: EventKind = EventKind::first_version("CustomerReactivated");

impl CustomerEvent {
    pub const KINDS: [EventKind; 4] = [REGISTERED, RENAMED, SUSPENDED, REACTIVATED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::CustomerRegistered { .. } => REGISTERED,
            Self::CustomerRenamed { .. } => RENAMED,
            Self::CustomerSuspended { .. } => SUSPENDED,
            Self::CustomerReactivated { .. } => REACTIVATED,
        }
    }

    pub fn customer(&self) -> &CustomerId {
        match self {
            Self::CustomerRegistered { customer, .. }
            | Self::CustomerRenamed { customer, .. }
            | Self::CustomerSuspended { customer, .. }
            | Self::CustomerReactivated { customer, .. } => customer,
        }
    }
}

impl DomainEvent for CustomerEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
