//! What has happened to an approval.

use chrono::{DateTime, Utc};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::approvals::ApprovalId;
use crate::event::EventKind;
use crate::ids::CustomerId;
use crate::money::Money;
use crate::requester::Requester;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApprovalEvent {
    ApprovalRequested {
        approval: ApprovalId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer: Option<CustomerId>,
        /// One in each currency; none if it is about no money.
        amounts: Vec<Money>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<Reason>,
        #[serde(flatten)]
        requested_by: Requester,
        /// How many different people.
        approvers: u32,
        /// 0 is what a book begins with.
        rules_version: u32,
        /// From then on it cannot be given any more.
        expires_at: DateTime<Utc>,
    },
    ApprovalGiven {
        approval: ApprovalId,
        given_by: Actor,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_behalf_of: Option<Actor>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// Who gave it, or the one in whose place, could not sign in any more when somebody else approved: it counts no longer.
    ApprovalLapsed {
        approval: ApprovalId,
        given_by: Actor,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_behalf_of: Option<Actor>,
    },
    ApprovalRejected {
        approval: ApprovalId,
        rejected_by: Actor,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_behalf_of: Option<Actor>,
        reason: Reason,
    },
    ApprovalExpired {
        approval: ApprovalId,
    },
    /// It is not wanted any more: whoever asked took it back, or what it was about has ended.
    ApprovalClosed {
        approval: ApprovalId,
        closed_by: Actor,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
}

const REQUESTED: EventKind = EventKind::first_version("ApprovalRequested");
const GIVEN: EventKind = EventKind::first_version("ApprovalGiven");
const LAPSED: EventKind = EventKind::first_version("ApprovalLapsed");
const REJECTED: EventKind = EventKind::first_version("ApprovalRejected");
const EXPIRED: EventKind = EventKind::first_version("ApprovalExpired");
const CLOSED: EventKind = EventKind::first_version("ApprovalClosed");

impl ApprovalEvent {
    pub const KINDS: [EventKind; 6] = [REQUESTED, GIVEN, LAPSED, REJECTED, EXPIRED, CLOSED];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::ApprovalRequested { .. } => REQUESTED,
            Self::ApprovalGiven { .. } => GIVEN,
            Self::ApprovalLapsed { .. } => LAPSED,
            Self::ApprovalRejected { .. } => REJECTED,
            Self::ApprovalExpired { .. } => EXPIRED,
            Self::ApprovalClosed { .. } => CLOSED,
        }
    }

    pub fn approval(&self) -> &ApprovalId {
        match self {
            Self::ApprovalRequested { approval, .. }
            | Self::ApprovalGiven { approval, .. }
            | Self::ApprovalLapsed { approval, .. }
            | Self::ApprovalRejected { approval, .. }
            | Self::ApprovalExpired { approval }
            | Self::ApprovalClosed { approval, .. } => approval,
        }
    }
}

impl DomainEvent for ApprovalEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
