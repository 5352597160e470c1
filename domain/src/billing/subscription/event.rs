//! What has happened to a customer's subscription.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::billing::price_plan::PlanCode;
use crate::event::EventKind;
use crate::ids::CustomerId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubscriptionEvent {
    /// From this day on, until another plan's day. What was planned for later days is void.
    PricePlanAssigned { customer: CustomerId, plan: PlanCode, from: NaiveDate },
    /// From this day on there is none.
    PricePlanEnded { customer: CustomerId, from: NaiveDate },
}

const ASSIGNED: EventKind = EventKind::first_version("PricePlanAssigned");
const ENDED: EventKind = EventKind::first_version("PricePlanEnded");

impl SubscriptionEvent {
    pub const KINDS: [EventKind; 2] = [ASSIGNED, ENDED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::PricePlanAssigned { .. } => ASSIGNED,
            Self::PricePlanEnded { .. } => ENDED,
        }
    }

    pub fn customer(&self) -> &CustomerId {
        match self {
            Self::PricePlanAssigned { customer, .. } | Self::PricePlanEnded { customer, .. } => customer,
        }
    }
}

impl DomainEvent for SubscriptionEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
