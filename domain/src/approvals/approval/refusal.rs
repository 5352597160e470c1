//! Why something may not be approved, or not by this person, or not now.

use chrono::{DateTime, Utc};

use super::ApprovalState;
use crate::actor::Actor;
use crate::approvals::{ApprovalId, ApprovalSubject};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalRefusal {
    #[error("nobody has asked for an approval of {subject}")]
    NotFound { subject: ApprovalSubject },
    #[error("{approval} is not an approval of {subject}")]
    OfAnother { approval: ApprovalId, subject: ApprovalSubject },
    #[error("{approval} waits for approval already")]
    UnderWay { approval: ApprovalId },
    #[error("{approval} is {state}: it cannot be decided any more")]
    NotOpen { approval: ApprovalId, state: ApprovalState },
    #[error("{approval} was decided, and asked for again: see {latest}")]
    AskedAgain { approval: ApprovalId, latest: ApprovalId },
    #[error("{approval} had to be decided before {expires_at}: ask for it again")]
    Expired { approval: ApprovalId, expires_at: DateTime<Utc> },
    #[error("{approval} can be decided until {expires_at}")]
    NotDue { approval: ApprovalId, expires_at: DateTime<Utc> },
    #[error("{requested_by} asked for {approval}, so someone else has to approve it")]
    SelfApproval { approval: ApprovalId, requested_by: Actor },
    #[error("{given_by} has approved {approval}, so someone else has to be the next")]
    AlreadyGiven { approval: ApprovalId, given_by: Actor },
    #[error("{subject} cannot be asked for any more: its rounds are used up")]
    TooOften { subject: ApprovalSubject },
}
