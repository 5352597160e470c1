//! Somebody does not let a bill be given up: it stays owed.

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::bill::BadDebtState;
use tallybook_domain::billing::{Bill, BillCommand, BillId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::BadDebtOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RejectBadDebt {
    pub bill: BillId,
    pub reason: Reason,
}

pub async fn reject_bad_debt(
    book: &Book,
    context: CommandContext,
    reject: RejectBadDebt,
) -> Result<Receipt<BadDebtOutcome>, CommandError> {
    let by = context.actor.clone();
    let request = context.request_because("reject_bad_debt", Some(&reject.reason), &reject)?;
    let streams = vec![StreamKey::existing::<Bill>(&reject.bill)];
    book.execute(request, streams, move |decision| {
        let RejectBadDebt { bill, reason } = reject.clone();
        let step = BillCommand::RejectBadDebt { bill: bill.clone(), rejected_by: by.clone(), reason };
        BadDebtOutcome::after(decision, &bill, step, BadDebtState::Rejected)
    })
    .await
}
