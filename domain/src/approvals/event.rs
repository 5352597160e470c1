//! What has happened about approvals, whichever aggregate it happened to.

use cqrs_es::Aggregate;

use super::approval::{Approval, ApprovalEvent};
use super::approval_rules::{ApprovalRules, ApprovalRulesEvent};
use super::delegations::{ApprovalDelegations, ApprovalDelegationsEvent};
use crate::event::{BookEvent, EventKind, payload};

/// An event of any aggregate of this context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApprovalsEvent {
    Rules(ApprovalRulesEvent),
    Approval(ApprovalEvent),
    Delegations(ApprovalDelegationsEvent),
}

impl ApprovalsEvent {
    pub fn aggregate_type(&self) -> &'static str {
        match self {
            Self::Rules(_) => ApprovalRules::TYPE,
            Self::Approval(_) => Approval::TYPE,
            Self::Delegations(_) => ApprovalDelegations::TYPE,
        }
    }

    pub fn kind(&self) -> EventKind {
        match self {
            Self::Rules(event) => event.kind(),
            Self::Approval(event) => event.kind(),
            Self::Delegations(event) => event.kind(),
        }
    }

    /// The id of the stream it belongs to.
    pub fn stream(&self) -> String {
        match self {
            Self::Rules(_) => ApprovalRules::STREAM.to_owned(),
            Self::Approval(event) => event.approval().subject().to_string(),
            Self::Delegations(event) => event.delegation().delegator().to_string(),
        }
    }

    pub(crate) fn to_payload(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Rules(event) => payload(event),
            Self::Approval(event) => payload(event),
            Self::Delegations(event) => payload(event),
        }
    }
}

impl From<ApprovalRulesEvent> for BookEvent {
    fn from(event: ApprovalRulesEvent) -> Self {
        Self::Approvals(ApprovalsEvent::Rules(event))
    }
}

impl From<ApprovalEvent> for BookEvent {
    fn from(event: ApprovalEvent) -> Self {
        Self::Approvals(ApprovalsEvent::Approval(event))
    }
}

impl From<ApprovalDelegationsEvent> for BookEvent {
    fn from(event: ApprovalDelegationsEvent) -> Self {
        Self::Approvals(ApprovalsEvent::Delegations(event))
    }
}
