//! What has happened to an alert.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{Resolution, WithdrawalEnd};
use crate::actor::Actor;
use crate::event::EventKind;
use crate::ids::{WalletId, WithdrawalId};
use crate::money::Money;
use crate::requester::Requester;
use crate::risk::RiskOutcome;
use crate::text::Reason;

/// An alert goes by the id of its withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RiskAlertEvent {
    RiskAlertRaised {
        withdrawal: WithdrawalId,
        wallet: WalletId,
        amount: Money,
        outcome: RiskOutcome,
        score: u32,
        #[serde(flatten)]
        requested_by: Requester,
    },
    RiskAlertClaimed {
        withdrawal: WithdrawalId,
        claimed_by: Actor,
    },
    RiskAlertResolved {
        withdrawal: WithdrawalId,
        resolved_by: Actor,
        resolution: Resolution,
        reason: Reason,
    },
    /// The withdrawal ended before anybody had decided.
    RiskAlertClosed {
        withdrawal: WithdrawalId,
        ended: WithdrawalEnd,
    },
}

const RAISED: EventKind = EventKind::first_version("RiskAlertRaised");
const CLAIMED: EventKind = EventKind::first_version("RiskAlertClaimed");
const RESOLVED: EventKind = EventKind::first_version("RiskAlertResolved");
const CLOSED: EventKind = EventKind::first_version("RiskAlertClosed");

impl RiskAlertEvent {
    pub const KINDS: [EventKind; 4] = [RAISED, CLAIMED, RESOLVED, CLOSED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::RiskAlertRaised { .. } => RAISED,
            Self::RiskAlertClaimed { .. } => CLAIMED,
            Self::RiskAlertResolved { .. } => RESOLVED,
            Self::RiskAlertClosed { .. } => CLOSED,
        }
    }

    pub fn withdrawal(&self) -> &WithdrawalId {
        match self {
            Self::RiskAlertRaised { withdrawal, .. }
            | Self::RiskAlertClaimed { withdrawal, .. }
            | Self::RiskAlertResolved { withdrawal, .. }
            | Self::RiskAlertClosed { withdrawal, .. } => withdrawal,
        }
    }
}

impl DomainEvent for RiskAlertEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
