//! Nobody approves in another's place any more.

use tallybook_domain::approvals::{ApprovalDelegations, ApprovalDelegationsCommand, DelegationId};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::DelegationOutcome;
use crate::CommandContext;

/// By the one who made it, or who would do it. Ending again is a retry.
pub async fn end_delegation(
    book: &Book,
    context: CommandContext,
    delegation: DelegationId,
) -> Result<Receipt<DelegationOutcome>, CommandError> {
    let by = context.actor.clone();
    let request = context.request("end_delegation", &delegation)?;
    let delegator = delegation.delegator();
    let streams = vec![StreamKey::existing::<ApprovalDelegations>(&delegator)];
    book.execute(request, streams, move |decision| {
        let id = delegation.clone();
        let end = ApprovalDelegationsCommand::End { delegation: id.clone(), by: by.clone() };
        decision.decide::<ApprovalDelegations>(delegator.as_str(), end)?;
        Ok(DelegationOutcome { id, delegator: delegator.clone(), ended: true })
    })
    .await
}
