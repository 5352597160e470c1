//! A dispute ends: the customer was right, or was not.

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::bill::{Dispute, DisputeOutcome};
use tallybook_domain::billing::{Bill, BillCommand, BillId, BillRefusal, BillState};
use tallybook_domain::text::Reason;
use tallybook_domain::{Money, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CloseDispute {
    pub bill: BillId,
    /// As the customer sees it.
    pub outcome: DisputeOutcome,
    pub reason: Reason,
}

/// A bill somebody contests or contested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputedBill {
    pub id: BillId,
    pub state: BillState,
    pub dispute: Dispute,
    pub open: Money,
}

/// What a customer who won owes less is a credit note, and one's own decision.
pub async fn close_dispute(
    book: &Book,
    context: CommandContext,
    close: CloseDispute,
) -> Result<Receipt<DisputedBill>, CommandError> {
    let request = context.request_because("close_dispute", Some(&close.reason), &close)?;
    let streams = vec![StreamKey::existing::<Bill>(&close.bill)];
    book.execute(request, streams, move |decision| {
        let CloseDispute { bill, outcome, reason } = close.clone();
        let won = match outcome {
            DisputeOutcome::Won => true,
            DisputeOutcome::Lost => false,
        };
        DisputedBill::after(decision, &bill.clone(), BillCommand::CloseDispute { bill, won, reason })
    })
    .await
}

impl DisputedBill {
    pub(super) fn after(
        decision: &mut Decision<'_>,
        bill: &BillId,
        step: BillCommand,
    ) -> Result<Self, Refusal> {
        decision.decide::<Bill>(bill.as_str(), step)?;
        let state = decision.state::<Bill>(bill.as_str());
        let not_found = || BillRefusal::NotFound { bill: bill.clone() };
        Ok(Self {
            id: bill.clone(),
            state: state.state().ok_or_else(not_found)?,
            dispute: state.dispute().ok_or_else(not_found)?,
            open: state.open().map_err(BillRefusal::from)?.ok_or_else(not_found)?,
        })
    }
}
