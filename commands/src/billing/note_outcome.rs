//! What a credit or debit note answers: the note, and what is left of its bill.

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::bill::{Amounts, NoteLines, StepDate};
use tallybook_domain::billing::{Bill, BillCommand, BillId, BillRefusal, BillState};
use tallybook_domain::text::Reason;
use tallybook_domain::{Money, Refusal};
use tallybook_event_store::Decision;

use super::prepaid::return_to_wallet;

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
    /// What the customer's wallet had paid and has back by this note.
    #[serde(default)]
    pub returned: Option<Money>,
}

impl NoteOutcome {
    /// Has a credit note issued, once the wallet has back what it paid beyond what is then owed.
    pub(super) fn credit(
        decision: &mut Decision<'_>,
        bill: &BillId,
        (lines, reason, date): (NoteLines, Reason, StepDate),
    ) -> Result<Self, Refusal> {
        let back = decision.state::<Bill>(bill.as_str()).returned_by_crediting(bill, &lines, date)?;
        let returned = return_to_wallet(decision, bill, back)?;
        let note = BillCommand::Credit { bill: bill.clone(), lines, reason, date };
        Ok(Self { returned, ..Self::issue(decision, bill, note)? })
    }

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
            returned: None,
        })
    }
}

fn owed(decision: &Decision<'_>, bill: &BillId) -> Result<Amounts, BillRefusal> {
    let amounts = decision.state::<Bill>(bill.as_str()).amounts();
    Ok(amounts.ok_or_else(|| BillRefusal::NotFound { bill: bill.clone() })?.owed)
}
