//! What can be asked of an alert.

use super::{Resolution, WithdrawalEnd};
use crate::actor::Actor;
use crate::ids::{WalletId, WithdrawalId};
use crate::money::Money;
use crate::requester::Requester;
use crate::risk::RiskOutcome;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RiskAlertCommand {
    Raise {
        withdrawal: WithdrawalId,
        wallet: WalletId,
        amount: Money,
        outcome: RiskOutcome,
        score: u32,
        requested_by: Requester,
    },
    /// Somebody looks at it.
    Claim {
        withdrawal: WithdrawalId,
        by: Actor,
    },
    Resolve {
        withdrawal: WithdrawalId,
        by: Actor,
        resolution: Resolution,
        reason: Reason,
    },
    /// The withdrawal ended, and with it the alert, if there is one that is open.
    Close {
        ended: WithdrawalEnd,
    },
}
