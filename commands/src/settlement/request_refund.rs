//! Somebody asks to pay back what is left of a receipt.

use serde::{Deserialize, Serialize};
use tallybook_domain::Money;
use tallybook_domain::settlement::{Receipt, ReceiptCommand, ReceiptId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt as Answer, StreamKey};

use super::ReceiptOutcome;
use crate::CommandContext;
use crate::approvals::{Subject, ask, missing_approvals};
use crate::requester::requester;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RequestRefund {
    pub receipt: ReceiptId,
    pub amount: Money,
    pub reason: Reason,
}

/// Until it is decided, nothing else can take the money.
pub async fn request_refund(
    book: &Book,
    context: CommandContext,
    asked: RequestRefund,
) -> Result<Answer<ReceiptOutcome>, CommandError> {
    let by = requester(book, &context.actor).await?;
    let request = context.request_because("request_refund", Some(&asked.reason), &asked)?;
    let subject = Subject::Refund(asked.receipt.clone());
    let mut streams = vec![StreamKey::existing::<Receipt>(&asked.receipt)];
    streams.extend(subject.streams_of_approval());
    book.execute(request, streams, move |decision| {
        let RequestRefund { receipt, amount, reason } = asked.clone();
        let id = receipt.clone();
        let step = ReceiptCommand::RequestRefund { receipt, amount, reason, requested_by: by.clone() };
        decision.decide::<Receipt>(id.as_str(), step)?;
        ask(decision, &subject, Some(&asked.reason))?;
        let outcome = ReceiptOutcome::of(decision, &id)?;
        Ok(ReceiptOutcome { missing_approvals: missing_approvals(decision, &subject), ..outcome })
    })
    .await
}
