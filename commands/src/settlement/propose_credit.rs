//! Somebody asks for what a customer is to be owed, bound to no bill.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::bill::Amounts;
use tallybook_domain::customers::Customer;
use tallybook_domain::settlement::{CreditNote, CreditNoteCommand, CreditNoteId, CreditNoteRefusal};
use tallybook_domain::text::Reason;
use tallybook_domain::{CustomerId, Money};
use tallybook_event_store::{Book, CommandError, Receipt as Answer, StreamKey};

use super::CreditNoteOutcome;
use crate::CommandContext;
use crate::approvals::{Subject, ask, missing_approvals};
use crate::requester::requester;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProposeCredit {
    pub customer: CustomerId,
    /// Without tax.
    pub subtotal: Money,
    /// Up to the subtotal.
    pub tax: Money,
    pub reason: Reason,
    /// Today, if not given.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// Not for a closed customer. Nothing is owed before somebody else approves, however little it is: what one person may
/// grant alone could be granted many times over.
///
/// `credit_note` was made for this call; a repeat with the same key brings another and is answered with the first.
pub async fn propose_credit(
    book: &Book,
    context: CommandContext,
    credit_note: CreditNoteId,
    propose: ProposeCredit,
) -> Result<Answer<CreditNoteOutcome>, CommandError> {
    let by = requester(book, &context.actor).await?;
    let request = context.request_because("propose_credit", Some(&propose.reason), &propose)?;
    let subject = Subject::CreditNote(credit_note.clone());
    let mut streams = vec![
        StreamKey::existing::<Customer>(&propose.customer),
        StreamKey::fresh::<CreditNote>(&credit_note),
    ];
    streams.extend(subject.fresh_streams_of_approval());
    book.execute(request, streams, move |decision| {
        let ProposeCredit { customer, subtotal, tax, reason, effective_date } = propose.clone();
        decision.state::<Customer>(customer.as_str()).check_open(&customer)?;
        let amounts = Amounts::new(subtotal, tax).map_err(CreditNoteRefusal::from)?;
        let (today, id) = (decision.today(), credit_note.clone());
        let step = CreditNoteCommand::Propose {
            credit_note: id,
            customer,
            amounts,
            reason,
            requested_by: by.clone(),
            effective_date: effective_date.unwrap_or(today),
            today,
        };
        decision.decide::<CreditNote>(credit_note.as_str(), step)?;
        ask(decision, &subject, None)?;
        let outcome = CreditNoteOutcome::of(decision, &credit_note)?;
        Ok(CreditNoteOutcome { missing_approvals: missing_approvals(decision, &subject), ..outcome })
    })
    .await
}
