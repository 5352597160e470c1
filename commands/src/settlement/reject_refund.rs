//! What is left of a receipt is not paid back: it is free again.

use serde::{Deserialize, Serialize};
use tallybook_domain::settlement::{Receipt, ReceiptCommand, ReceiptId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt as Answer, StreamKey};

use super::ReceiptOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RejectRefund {
    pub receipt: ReceiptId,
    pub reason: Reason,
}

pub async fn reject_refund(
    book: &Book,
    context: CommandContext,
    reject: RejectRefund,
) -> Result<Answer<ReceiptOutcome>, CommandError> {
    let by = context.actor.clone();
    let request = context.request_because("reject_refund", Some(&reject.reason), &reject)?;
    let streams = vec![StreamKey::existing::<Receipt>(&reject.receipt)];
    book.execute(request, streams, move |decision| {
        let RejectRefund { receipt, reason } = reject.clone();
        let (id, rejected_by) = (receipt.clone(), by.clone());
        decision
            .decide::<Receipt>(id.as_str(), ReceiptCommand::RejectRefund { receipt, rejected_by, reason })?;
        ReceiptOutcome::of(decision, &id)
    })
    .await
}
