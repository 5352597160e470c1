//! A credit note that waits is not granted.

use serde::{Deserialize, Serialize};
use tallybook_domain::settlement::{CreditNote, CreditNoteCommand, CreditNoteId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt as Answer, StreamKey};

use super::CreditNoteOutcome;
use crate::CommandContext;

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
    let by = context.actor.clone();
    let request = context.request_because("reject_credit", Some(&reject.reason), &reject)?;
    let streams = vec![StreamKey::existing::<CreditNote>(&reject.credit_note)];
    book.execute(request, streams, move |decision| {
        let RejectCredit { credit_note, reason } = reject.clone();
        let (id, rejected_by) = (credit_note.clone(), by.clone());
        let step = CreditNoteCommand::Reject { credit_note, rejected_by, reason };
        decision.decide::<CreditNote>(id.as_str(), step)?;
        CreditNoteOutcome::of(decision, &id)
    })
    .await
}
