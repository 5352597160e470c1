//! What has happened to what somebody has delegated.

use chrono::NaiveDate;
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::DelegationId;
use crate::actor::Actor;
use crate::event::EventKind;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApprovalDelegationsEvent {
    /// From the first day to the last, both included, the delegate may approve in the delegator's place.
    ApprovalsDelegated {
        delegation: DelegationId,
        delegate: Actor,
        from: NaiveDate,
        until: NaiveDate,
        reason: Reason,
    },
    ApprovalDelegationEnded {
        delegation: DelegationId,
        delegate: Actor,
    },
}

const DELEGATED: EventKind = EventKind::first_version("ApprovalsDelegated");
const ENDED: EventKind = EventKind::first_version("ApprovalDelegationEnded");

impl ApprovalDelegationsEvent {
    pub const KINDS: [EventKind; 2] = [DELEGATED, ENDED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::ApprovalsDelegated { .. } => DELEGATED,
            Self::ApprovalDelegationEnded { .. } => ENDED,
        }
    }

    pub fn delegation(&self) -> &DelegationId {
        match self {
            Self::ApprovalsDelegated { delegation, .. }
            | Self::ApprovalDelegationEnded { delegation, .. } => delegation,
        }
    }
}

impl DomainEvent for ApprovalDelegationsEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
