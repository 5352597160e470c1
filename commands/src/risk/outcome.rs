//! What a command on an alert or on the freezing of a wallet answers.

use serde::{Deserialize, Serialize};
use tallybook_domain::risk::{AlertState, RiskAlert, RiskAlertRefusal, WalletFreeze};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, Refusal, WalletId, WithdrawalId};
use tallybook_event_store::Decision;

/// The alert as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertOutcome {
    /// The withdrawal's.
    pub id: WithdrawalId,
    pub state: AlertState,
    pub claimed_by: Option<Actor>,
}

impl AlertOutcome {
    pub(super) fn of(decision: &Decision<'_>, id: &WithdrawalId) -> Result<Self, Refusal> {
        let alert = decision.state::<RiskAlert>(&RiskAlert::stream(id));
        let Some(state) = alert.state() else {
            return Err(RiskAlertRefusal::NotFound { alert: id.clone() }.into());
        };
        Ok(Self { id: id.clone(), state, claimed_by: alert.claimed_by().cloned() })
    }
}

/// The wallet as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreezeOutcome {
    pub id: WalletId,
    /// Why it is frozen, while it is.
    pub frozen: Option<Reason>,
}

impl FreezeOutcome {
    pub(super) fn of(decision: &Decision<'_>, id: WalletId) -> Self {
        let frozen = decision.state::<WalletFreeze>(&WalletFreeze::stream(&id)).reason().cloned();
        Self { id, frozen }
    }
}
