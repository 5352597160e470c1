//! What a step of a write-off answers: how far it is, and what is left of the bill.

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::bill::{BadDebtRequest, BadDebtState};
use tallybook_domain::billing::{Bill, BillId, BillRefusal};
use tallybook_domain::{Actor, Money, Refusal};
use tallybook_event_store::Decision;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadDebtOutcome {
    /// The bill's.
    pub id: BillId,
    pub state: BadDebtState,
    pub amount: Money,
    pub requested_by: Actor,
    /// What is owed of the bill now.
    pub open: Money,
    /// How many have still to approve it, while it waits for somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_approvals: Option<u32>,
}

impl BadDebtOutcome {
    /// `before` is what was asked for before the step that ended in this state.
    pub(super) fn of(
        decision: &Decision<'_>,
        bill: &BillId,
        before: Option<BadDebtRequest>,
        state: BadDebtState,
    ) -> Result<Self, Refusal> {
        let after = decision.state::<Bill>(bill.as_str());
        let asked = after.bad_debt().cloned().or(before);
        let BadDebtRequest { amount, requested_by } =
            asked.ok_or_else(|| BillRefusal::BadDebtNotRequested { bill: bill.clone() })?;
        let open = after.open().map_err(BillRefusal::from)?;
        let open = open.ok_or_else(|| BillRefusal::NotFound { bill: bill.clone() })?;
        let requested_by = requested_by.actor().clone();
        Ok(Self { id: bill.clone(), state, amount, requested_by, open, missing_approvals: None })
    }
}
