//! What is left of a receipt is not paid back: it is free again.

use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::Given;
use tallybook_domain::settlement::{Receipt, ReceiptCommand, ReceiptId};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt as Answer};

use super::ReceiptOutcome;
use crate::CommandContext;
use crate::approvals::{Decider, Subject, disagree};

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
    let decider = Decider::rejecting(Given::alone(context.actor.clone()), None);
    let request = context.request_because("reject_refund", Some(&reject.reason), &reject)?;
    let subject = Subject::Refund(reject.receipt.clone());
    book.execute(request, subject.streams(), move |decision| {
        let RejectRefund { receipt, reason } = &reject;
        disagree(decision, &subject, &decider, reason)?;
        reject_refund_of(decision, receipt, &decider.given.by, reason)?;
        ReceiptOutcome::of(decision, receipt)
    })
    .await
}

pub(crate) fn reject_refund_of(
    decision: &mut Decision<'_>,
    receipt: &ReceiptId,
    by: &Actor,
    reason: &Reason,
) -> Result<(), Refusal> {
    let (id, rejected_by, reason) = (receipt.clone(), by.clone(), reason.clone());
    let step = ReceiptCommand::RejectRefund { receipt: id, rejected_by, reason };
    decision.decide::<Receipt>(receipt.as_str(), step)?;
    Ok(())
}
