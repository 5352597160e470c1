//! What a command on an approval or a delegation answers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::{
    Approval, ApprovalId, ApprovalKind, ApprovalRefusal, ApprovalState, ApprovalSubject, DelegationId, Given,
};
use tallybook_domain::{Actor, Refusal};
use tallybook_event_store::Decision;

/// The approval as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalOutcome {
    pub id: ApprovalId,
    pub kind: ApprovalKind,
    /// The id of what it is about.
    pub subject: String,
    pub state: ApprovalState,
    /// How many different people it takes.
    pub approvers: u32,
    /// How many of them have still to agree.
    pub missing: u32,
    pub given: Vec<Given>,
    pub expires_at: DateTime<Utc>,
}

impl ApprovalOutcome {
    pub(super) fn of(decision: &Decision<'_>, subject: &ApprovalSubject) -> Result<Self, Refusal> {
        let approval = decision.state::<Approval>(&subject.to_string());
        let (Some(id), Some(state), Some(expires_at)) =
            (approval.approval().cloned(), approval.state(), approval.expires_at())
        else {
            return Err(ApprovalRefusal::NotFound { subject: subject.clone() }.into());
        };
        Ok(Self {
            id,
            kind: subject.kind(),
            subject: subject.id(),
            state,
            approvers: approval.approvers(),
            missing: approval.missing(),
            given: approval.given().to_vec(),
            expires_at,
        })
    }
}

/// The delegation a command was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegationOutcome {
    pub id: DelegationId,
    pub delegator: Actor,
    /// Whether it was ended.
    pub ended: bool,
}
