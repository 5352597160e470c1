//! What has happened to an accounting period.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::event::EventKind;
use crate::month::Month;
use crate::requester::Requester;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PeriodEvent {
    /// From here on nothing is effective in this month.
    PeriodClosed {
        period: Month,
    },
    PeriodReopeningRequested {
        period: Month,
        #[serde(flatten)]
        requested_by: Requester,
        reason: Reason,
    },
    PeriodReopened {
        period: Month,
        approved_by: Actor,
    },
    /// It stays closed.
    PeriodReopeningRejected {
        period: Month,
        rejected_by: Actor,
        reason: Reason,
    },
}

const CLOSED: EventKind = EventKind::first_version("PeriodClosed");
const REOPENING_REQUESTED: EventKind = EventKind::first_version("PeriodReopeningRequested");
const REOPENED: EventKind = EventKind::first_version("PeriodReopened");
const REOPENING_REJECTED: EventKind = EventKind::first_version("PeriodReopeningRejected");

impl PeriodEvent {
    pub const KINDS: [EventKind; 4] = [CLOSED, REOPENING_REQUESTED, REOPENED, REOPENING_REJECTED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::PeriodClosed { .. } => CLOSED,
            Self::PeriodReopeningRequested { .. } => REOPENING_REQUESTED,
            Self::PeriodReopened { .. } => REOPENED,
            Self::PeriodReopeningRejected { .. } => REOPENING_REJECTED,
        }
    }

    pub fn period(&self) -> Month {
        match self {
            Self::PeriodClosed { period }
            | Self::PeriodReopeningRequested { period, .. }
            | Self::PeriodReopened { period, .. }
            | Self::PeriodReopeningRejected { period, .. } => *period,
        }
    }
}

impl DomainEvent for PeriodEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
