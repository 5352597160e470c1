//! A credit note that waits is not granted.

use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::Given;
use tallybook_domain::settlement::{CreditNote, CreditNoteCommand, CreditNoteId};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt as Answer};

use super::CreditNoteOutcome;
use crate::CommandContext;
use crate::approvals::{Decider, Subject, disagree};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RejectCredit {
    pub credit_note: CreditNoteId,
    pub reason: Reason,
}

/// Whoever asked for it may take it back this way, too.
pub async fn reject_credit(
    book: &Book,
    context: CommandContext,
    reject: RejectCredit,
) -> Result<Answer<CreditNoteOutcome>, CommandError> {
    let decider = Decider::rejecting(Given::alone(context.actor.clone()), None);
    let request = context.request_because("reject_credit", Some(&reject.reason), &reject)?;
    let subject = Subject::CreditNote(reject.credit_note.clone());
    book.execute(request, subject.streams(), move |decision| {
        let RejectCredit { credit_note, reason } = &reject;
        disagree(decision, &subject, &decider, reason)?;
        reject_credit_note(decision, credit_note, &decider.given.by, reason)?;
        CreditNoteOutcome::of(decision, credit_note)
    })
    .await
}

pub(crate) fn reject_credit_note(
    decision: &mut Decision<'_>,
    credit_note: &CreditNoteId,
    by: &Actor,
    reason: &Reason,
) -> Result<(), Refusal> {
    let (id, rejected_by, reason) = (credit_note.clone(), by.clone(), reason.clone());
    let step = CreditNoteCommand::Reject { credit_note: id, rejected_by, reason };
    decision.decide::<CreditNote>(credit_note.as_str(), step)?;
    Ok(())
}
