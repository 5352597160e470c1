//! Someone other than who asked for it grants a credit note.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::customers::Customer;
use tallybook_domain::settlement::{CreditNote, CreditNoteCommand, CreditNoteId, CreditNoteRefusal};
use tallybook_domain::{Actor, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt as Answer, StreamKey};

use super::CreditNoteOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApproveCredit {
    pub credit_note: CreditNoteId,
    /// The day that was asked for, if not given.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// Not for a customer who was closed meanwhile.
pub async fn approve_credit(
    book: &Book,
    context: CommandContext,
    approve: ApproveCredit,
) -> Result<Answer<CreditNoteOutcome>, CommandError> {
    let by = context.actor.clone();
    let request = context.request("approve_credit", &approve)?;
    let streams = vec![StreamKey::existing::<CreditNote>(&approve.credit_note)];
    book.execute(request, streams, move |decision| decide(decision, approve.clone(), by.clone())).await
}

fn decide(
    decision: &mut Decision<'_>,
    approve: ApproveCredit,
    approved_by: Actor,
) -> Result<CreditNoteOutcome, Refusal> {
    let ApproveCredit { credit_note: id, effective_date } = approve;
    let today = decision.today();
    let note = decision.state::<CreditNote>(id.as_str());
    let effective_date = effective_date.unwrap_or_else(|| note.effective_date_by_default(today));
    let customer = note.customer().cloned();
    let credit_note = id.clone();
    let step = CreditNoteCommand::Approve { credit_note, approved_by, effective_date, today };
    decision.decide::<CreditNote>(id.as_str(), step)?;
    let not_found = || CreditNoteRefusal::NotFound { credit_note: id.clone() };
    let customer = customer.ok_or_else(not_found)?;
    if !decision.holds::<Customer>(customer.as_str()) {
        return Err(not_found().into());
    }
    decision.state::<Customer>(customer.as_str()).check_open(&customer)?;
    CreditNoteOutcome::of(decision, &id)
}
