//! Someone other than who asked for it grants a credit note.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::Given;
use tallybook_domain::customers::Customer;
use tallybook_domain::settlement::{CreditNote, CreditNoteCommand, CreditNoteId, CreditNoteRefusal};
use tallybook_domain::{Actor, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt as Answer};

use super::CreditNoteOutcome;
use crate::CommandContext;
use crate::approvals::{Agreed, Decider, Subject, Waiting, agree, missing_approvals};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApproveCredit {
    pub credit_note: CreditNoteId,
    /// The day that was asked for, if not given. That of the last one who approves counts.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// Not for a customer who was closed meanwhile. It is granted once as many have approved as it takes.
pub async fn approve_credit(
    book: &Book,
    context: CommandContext,
    approve: ApproveCredit,
) -> Result<Answer<CreditNoteOutcome>, CommandError> {
    let decider = Decider::approving(book, Given::alone(context.actor.clone()), None).await?;
    let request = context.request("approve_credit", &approve)?;
    let subject = Subject::CreditNote(approve.credit_note.clone());
    book.execute(request, subject.streams(), move |decision| {
        let ApproveCredit { credit_note, effective_date } = approve.clone();
        match agree(decision, &subject, &decider, None)? {
            Agreed::NotYet => {}
            Agreed::Enough | Agreed::Before => {
                approve_credit_note(decision, &credit_note, &decider.given.by, effective_date)?;
            }
        }
        let outcome = CreditNoteOutcome::of(decision, &credit_note)?;
        Ok(CreditNoteOutcome { missing_approvals: missing_approvals(decision, &subject), ..outcome })
    })
    .await
}

/// As the last of those it takes.
pub(crate) fn approve_credit_note(
    decision: &mut Decision<'_>,
    id: &CreditNoteId,
    by: &Actor,
    effective_date: Option<NaiveDate>,
) -> Result<(), Refusal> {
    let today = decision.today();
    let note = decision.state::<CreditNote>(id.as_str());
    let effective_date = effective_date.unwrap_or_else(|| note.effective_date_by_default(today));
    let customer = note.customer().cloned();
    let (credit_note, approved_by) = (id.clone(), by.clone());
    let step = CreditNoteCommand::Approve { credit_note, approved_by, effective_date, today };
    decision.decide::<CreditNote>(id.as_str(), step)?;
    let not_found = || CreditNoteRefusal::NotFound { credit_note: id.clone() };
    let customer = customer.ok_or_else(not_found)?;
    if !decision.holds::<Customer>(customer.as_str()) {
        return Err(not_found().into());
    }
    decision.state::<Customer>(customer.as_str()).check_open(&customer)?;
    Ok(())
}

pub(crate) fn waiting_credit(decision: &Decision<'_>, credit_note: &CreditNoteId) -> Option<Waiting> {
    let note = decision.state::<CreditNote>(credit_note.as_str());
    let (requested_by, why) = note.waits_for_approval()?;
    let (customer, amounts) = (note.customer().cloned(), note.amount().into_iter().collect());
    Some(Waiting { requested_by: requested_by.clone(), customer, amounts, why: Some(why.clone()) })
}
