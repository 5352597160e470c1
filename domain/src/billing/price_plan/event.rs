//! What has happened to a price plan.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{PlanCode, PlanName};
use crate::actor::Actor;
use crate::billing::pricing::PlanTerms;
use crate::event::EventKind;
use crate::requester::Requester;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PricePlanEvent {
    PricePlanCreated {
        plan: PlanCode,
        name: PlanName,
    },
    /// In force from its day on, until the next version's.
    PricePlanVersionAdded {
        plan: PlanCode,
        version: u32,
        effective_from: NaiveDate,
        terms: PlanTerms,
    },
    /// Nothing is in force of it before somebody else has approved.
    PricePlanVersionRequested {
        plan: PlanCode,
        effective_from: NaiveDate,
        terms: PlanTerms,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
        #[serde(flatten)]
        requested_by: Requester,
    },
    /// The version itself follows at once.
    PricePlanVersionApproved {
        plan: PlanCode,
        approved_by: Actor,
    },
    /// It is not wanted, or nobody approved in time.
    PricePlanVersionRejected {
        plan: PlanCode,
        rejected_by: Actor,
        reason: Reason,
    },
}

const CREATED: EventKind = EventKind::first_version("PricePlanCreated");
const VERSION_ADDED: EventKind = EventKind::first_version("PricePlanVersionAdded");
const VERSION_REQUESTED: EventKind = EventKind::first_version("PricePlanVersionRequested");
const VERSION_APPROVED: EventKind = EventKind::first_version("PricePlanVersionApproved");
const VERSION_REJECTED: EventKind = EventKind::first_version("PricePlanVersionRejected");

impl PricePlanEvent {
    pub const KINDS: [EventKind; 5] =
        [CREATED, VERSION_ADDED, VERSION_REQUESTED, VERSION_APPROVED, VERSION_REJECTED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::PricePlanCreated { .. } => CREATED,
            Self::PricePlanVersionAdded { .. } => VERSION_ADDED,
            Self::PricePlanVersionRequested { .. } => VERSION_REQUESTED,
            Self::PricePlanVersionApproved { .. } => VERSION_APPROVED,
            Self::PricePlanVersionRejected { .. } => VERSION_REJECTED,
        }
    }

    pub fn plan(&self) -> &PlanCode {
        match self {
            Self::PricePlanCreated { plan, .. }
            | Self::PricePlanVersionAdded { plan, .. }
            | Self::PricePlanVersionRequested { plan, .. }
            | Self::PricePlanVersionApproved { plan, .. }
            | Self::PricePlanVersionRejected { plan, .. } => plan,
        }
    }
}

impl DomainEvent for PricePlanEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
