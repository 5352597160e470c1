//! What has happened to a customer's subscription.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::billing::price_plan::PlanCode;
use crate::event::EventKind;
use crate::ids::CustomerId;
use crate::requester::Requester;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubscriptionEvent {
    /// From this day on, until another plan's day. What was planned for later days is void.
    PricePlanAssigned { customer: CustomerId, plan: PlanCode, from: NaiveDate },
    /// From this day on there is none.
    PricePlanEnded { customer: CustomerId, from: NaiveDate },
    /// Nothing of it is so before somebody else has approved.
    PricePlanChangeRequested {
        customer: CustomerId,
        /// `None`: no plan.
        plan: Option<PlanCode>,
        from: NaiveDate,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
        #[serde(flatten)]
        requested_by: Requester,
    },
    /// The change itself follows at once.
    PricePlanChangeApproved { customer: CustomerId, approved_by: Actor },
    /// It is not wanted, or nobody approved in time.
    PricePlanChangeRejected { customer: CustomerId, rejected_by: Actor, reason: Reason },
}

const ASSIGNED: EventKind = EventKind::first_version("PricePlanAssigned");
const ENDED: EventKind = EventKind::first_version("PricePlanEnded");
const REQUESTED: EventKind = EventKind::first_version("PricePlanChangeRequested");
const APPROVED: EventKind = EventKind::first_version("PricePlanChangeApproved");
const REJECTED: EventKind = EventKind::first_version("PricePlanChangeRejected");

impl SubscriptionEvent {
    pub const KINDS: [EventKind; 5] = [ASSIGNED, ENDED, REQUESTED, APPROVED, REJECTED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::PricePlanAssigned { .. } => ASSIGNED,
            Self::PricePlanEnded { .. } => ENDED,
            Self::PricePlanChangeRequested { .. } => REQUESTED,
            Self::PricePlanChangeApproved { .. } => APPROVED,
            Self::PricePlanChangeRejected { .. } => REJECTED,
        }
    }

    pub fn customer(&self) -> &CustomerId {
        match self {
            Self::PricePlanAssigned { customer, .. }
            | Self::PricePlanEnded { customer, .. }
            | Self::PricePlanChangeRequested { customer, .. }
            | Self::PricePlanChangeApproved { customer, .. }
            | Self::PricePlanChangeRejected { customer, .. } => customer,
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
