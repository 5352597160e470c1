//! What has happened to a customer.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{AccountManager, CustomerName, ProfileChanges};
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
    /// What changed in the customer's file, from what to what. Personal fields are sealed.
    CustomerProfileChanged {
        customer: CustomerId,
        changes: Box<ProfileChanges>,
    },
    AccountManagerAssigned {
        customer: CustomerId,
        from: Option<AccountManager>,
        to: Option<AccountManager>,
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
    /// The end of the customer: nothing was open.
    CustomerClosed {
        customer: CustomerId,
        reason: Reason,
    },
    /// From here on nobody can read the customer's personal fields, nor those in the events before.
    PersonalDataErased {
        customer: CustomerId,
        reason: Reason,
    },
}

const REGISTERED: EventKind = EventKind::first_version("CustomerRegistered");
const RENAMED: EventKind = EventKind::first_version("CustomerRenamed");
const PROFILE_CHANGED: EventKind = EventKind::first_version("CustomerProfileChanged");
const ACCOUNT_MANAGER_ASSIGNED: EventKind = EventKind::first_version("AccountManagerAssigned");
const SUSPENDED: EventKind = EventKind::first_version("CustomerSuspended");
const REACTIVATED: EventKind = EventKind::first_version("CustomerReactivated");
const CLOSED: EventKind = EventKind::first_version("CustomerClosed");
const PERSONAL_DATA_ERASED: EventKind = EventKind::first_version("PersonalDataErased");

impl CustomerEvent {
    pub const KINDS: [EventKind; 8] = [
        REGISTERED,
        RENAMED,
        PROFILE_CHANGED,
        ACCOUNT_MANAGER_ASSIGNED,
        SUSPENDED,
        REACTIVATED,
        CLOSED,
        PERSONAL_DATA_ERASED,
    ];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::CustomerRegistered { .. } => REGISTERED,
            Self::CustomerRenamed { .. } => RENAMED,
            Self::CustomerProfileChanged { .. } => PROFILE_CHANGED,
            Self::AccountManagerAssigned { .. } => ACCOUNT_MANAGER_ASSIGNED,
            Self::CustomerSuspended { .. } => SUSPENDED,
            Self::CustomerReactivated { .. } => REACTIVATED,
            Self::CustomerClosed { .. } => CLOSED,
            Self::PersonalDataErased { .. } => PERSONAL_DATA_ERASED,
        }
    }

    pub fn customer(&self) -> &CustomerId {
        match self {
            Self::CustomerRegistered { customer, .. }
            | Self::CustomerRenamed { customer, .. }
            | Self::CustomerProfileChanged { customer, .. }
            | Self::AccountManagerAssigned { customer, .. }
            | Self::CustomerSuspended { customer, .. }
            | Self::CustomerReactivated { customer, .. }
            | Self::CustomerClosed { customer, .. }
            | Self::PersonalDataErased { customer, .. } => customer,
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
