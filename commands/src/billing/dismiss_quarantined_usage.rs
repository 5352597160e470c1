//! A person does not believe a value that was put aside: it is never recorded.

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::quarantine::QuarantinedId;
use tallybook_domain::billing::{UsageQuarantine, UsageQuarantineCommand};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::QuarantinedOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DismissQuarantinedUsage {
    pub id: QuarantinedId,
    pub reason: Reason,
}

/// It does not come back when the source sends it again.
pub async fn dismiss_quarantined_usage(
    book: &Book,
    context: CommandContext,
    dismiss: DismissQuarantinedUsage,
) -> Result<Receipt<QuarantinedOutcome>, CommandError> {
    let request = context.request_because("dismiss_quarantined_usage", Some(&dismiss.reason), &dismiss)?;
    let quarantine = dismiss.id.quarantine();
    let streams = vec![StreamKey::existing::<UsageQuarantine>(&quarantine)];
    book.execute(request, streams, move |decision| {
        let id = dismiss.id.clone();
        let command = UsageQuarantineCommand::Dismiss { id: id.clone() };
        decision.decide::<UsageQuarantine>(quarantine.as_str(), command)?;
        QuarantinedOutcome::of(decision, id)
    })
    .await
}
