//! Why somebody may not approve in another's place.

use chrono::NaiveDate;

use super::DelegationId;
use crate::actor::Actor;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalDelegationsRefusal {
    #[error("{actor} is no person: only people delegate approvals, and only to people")]
    NotAPerson { actor: Actor },
    #[error("{delegator} cannot delegate to himself")]
    ToOneself { delegator: Actor },
    #[error("a delegation from {from} cannot end on {until}")]
    EndsBeforeItBegins { from: NaiveDate, until: NaiveDate },
    #[error("a delegation until {until} is over: today is {today}")]
    Over { until: NaiveDate, today: NaiveDate },
    #[error("a delegation lasts {most} days at most, not {days}")]
    TooLong { days: u32, most: u32 },
    #[error("{delegation} lets {delegate} approve on some of these days already: end it first")]
    Overlaps { delegation: DelegationId, delegate: Actor },
    #[error("there is no delegation {delegation}")]
    NotFound { delegation: DelegationId },
    #[error("{delegation} is ended by who made it, or by who approves in his place")]
    OfOthers { delegation: DelegationId },
    #[error("{delegate} may not approve on behalf of {delegator} on {today}")]
    NotDelegated { delegator: Actor, delegate: Actor, today: NaiveDate },
    #[error("{delegator} has delegated too often")]
    TooMany { delegator: Actor },
}
