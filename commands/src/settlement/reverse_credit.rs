//! A credit note should not have been granted: nothing is owed of it any more.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::settlement::{CreditNote, CreditNoteCommand, CreditNoteId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt as Answer, StreamKey};

use super::CreditNoteOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReverseCredit {
    pub credit_note: CreditNoteId,
    pub reason: Reason,
    /// Today, if not given, or the latest day on which something became of it, if that is later.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// Refused while something of it settles bills. Reversing it again decides nothing.
pub async fn reverse_credit(
    book: &Book,
    context: CommandContext,
    reverse: ReverseCredit,
) -> Result<Answer<CreditNoteOutcome>, CommandError> {
    let request = context.request_because("reverse_credit", Some(&reverse.reason), &reverse)?;
    let streams = vec![StreamKey::existing::<CreditNote>(&reverse.credit_note)];
    book.execute(request, streams, move |decision| {
        let ReverseCredit { credit_note, reason, effective_date } = reverse.clone();
        let (id, today) = (credit_note.clone(), decision.today());
        let by_default = decision.state::<CreditNote>(id.as_str()).effective_date_by_default(today);
        let effective_date = effective_date.unwrap_or(by_default);
        let step = CreditNoteCommand::Reverse { credit_note, reason, effective_date, today };
        decision.decide::<CreditNote>(id.as_str(), step)?;
        CreditNoteOutcome::of(decision, &id)
    })
    .await
}
