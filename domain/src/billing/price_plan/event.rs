//! What has happened to a price plan.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{PlanCode, PlanName};
use crate::billing::pricing::PlanTerms;
use crate::event::EventKind;

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
}

const CREATED: EventKind = EventKind::first_version("PricePlanCreated");
const VERSION_ADDED: EventKind = EventKind::first_version("PricePlanVersionAdded");

impl PricePlanEvent {
    pub const KINDS: [EventKind; 2] = [CREATED, VERSION_ADDED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::PricePlanCreated { .. } => CREATED,
            Self::PricePlanVersionAdded { .. } => VERSION_ADDED,
        }
    }

    pub fn plan(&self) -> &PlanCode {
        match self {
            Self::PricePlanCreated { plan, .. } | Self::PricePlanVersionAdded { plan, .. } => plan,
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
