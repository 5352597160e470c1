//! Why something may not happen to an alert, or not before it is resolved.

use super::AlertState;
use crate::actor::Actor;
use crate::ids::WithdrawalId;
use crate::risk::RiskOutcome;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RiskAlertRefusal {
    #[error("there is no alert {alert}")]
    NotFound { alert: WithdrawalId },
    #[error("there is an alert about withdrawal {alert} already")]
    AlreadyRaised { alert: WithdrawalId },
    #[error("a withdrawal that passes needs no alert")]
    NothingToSee { alert: WithdrawalId },
    #[error("alert {alert} is {state} already")]
    NotOpen { alert: WithdrawalId, state: AlertState },
    #[error("{claimed_by} looks at alert {alert}")]
    ClaimedByAnother { alert: WithdrawalId, claimed_by: Actor },
    #[error("{requested_by} asked for this withdrawal, so someone else has to look at it")]
    OwnRequest { alert: WithdrawalId, requested_by: Actor },
    #[error("withdrawal {alert} is under review ({outcome}): somebody has to resolve its alert first")]
    ReviewOpen { alert: WithdrawalId, outcome: RiskOutcome },
    #[error("{released_by} let this blocked withdrawal go, so someone else has to approve it")]
    ReleasedBySame { alert: WithdrawalId, released_by: Actor },
}
