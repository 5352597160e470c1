//! A customer contests a bill.

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::{Bill, BillCommand, BillId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::DisputedBill;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenDispute {
    pub bill: BillId,
    pub reason: Reason,
}

/// What is owed stays owed. A bill has one open dispute at a time.
pub async fn open_dispute(
    book: &Book,
    context: CommandContext,
    open: OpenDispute,
) -> Result<Receipt<DisputedBill>, CommandError> {
    let request = context.request_because("open_dispute", Some(&open.reason), &open)?;
    let streams = vec![StreamKey::existing::<Bill>(&open.bill)];
    book.execute(request, streams, move |decision| {
        let OpenDispute { bill, reason } = open.clone();
        DisputedBill::after(decision, &bill.clone(), BillCommand::OpenDispute { bill, reason })
    })
    .await
}
