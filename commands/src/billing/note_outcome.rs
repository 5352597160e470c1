//! What a credit or debit note answers: the note, and what is left of its bill.

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::bill::Amounts;
use tallybook_domain::billing::{Bill, BillCommand, BillId, BillRefusal, BillState};
use tallybook_domain::{Money, Refusal};
use tallybook_event_store::Decision;

/// A note, and its bill as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteOutcome {
    /// The bill's.
    pub id: BillId,
    pub state: BillState,
    /// From 1, among the notes of this bill.
    pub note: u32,
    /// What the note comes to.
    #[serde(flatten)]
    pub amounts: Amounts,
    /// What is owed of the bill now.
    pub open: Money,
}

impl NoteOutcome {
    /// Has the note issued.
    pub(super) fn issue(
        decision: &mut Decision<'_>,
        bill: &BillId,
        note: BillCommand,
    ) -> Result<Self, Refusal> {
        let before = owed(decision, bill)?;
        decision.decide::<Bill>(bill.as_str(), note)?;
        let after = owed(decision, bill)?;
        let less = after.total.checked_sub(before.total).map_err(BillRefusal::from)?.is_negative();
        let note = if less { before.checked_sub(after) } else { after.checked_sub(before) };
        let state = decision.state::<Bill>(bill.as_str());
        let not_found = || BillRefusal::NotFound { bill: bill.clone() };
        Ok(Self {
            id: bill.clone(),
            state: state.state().ok_or_else(not_found)?,
            note: state.amounts().ok_or_else(not_found)?.notes,
            amounts: note.map_err(BillRefusal::from)?,
            open: state.open().map_err(BillRefusal::from)?.ok_or_else(not_found)?,
        })
    }
}

fn owed(decision: &Decision<'_>, bill: &BillId) -> Result<Amounts, BillRefusal> {
    let amounts = decision.state::<Bill>(bill.as_str()).amounts();
    Ok(amounts.ok_or_else(|| BillRefusal::NotFound { bill: bill.clone() })?.owed)
}
