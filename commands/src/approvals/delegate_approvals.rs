//! Somebody who approves lets another do so in his place for a while.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::Actor;
use tallybook_domain::approvals::{
    ApprovalDelegations, ApprovalDelegationsCommand, ApprovalDelegationsRefusal,
};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::DelegationOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DelegateApprovals {
    pub to: Actor,
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    pub reason: Reason,
}

pub async fn delegate_approvals(
    book: &Book,
    context: CommandContext,
    asked: DelegateApprovals,
) -> Result<Receipt<DelegationOutcome>, CommandError> {
    let delegator = context.actor.clone();
    let request = context.request_because("delegate_approvals", Some(&asked.reason), &asked)?;
    let streams = vec![StreamKey::existing::<ApprovalDelegations>(&delegator)];
    book.execute(request, streams, move |decision| {
        let DelegateApprovals { to: delegate, from, until, reason } = asked.clone();
        let (today, stream) = (decision.today(), delegator.as_str());
        let delegator = delegator.clone();
        let delegate = ApprovalDelegationsCommand::Delegate {
            delegator: delegator.clone(),
            delegate,
            from,
            until,
            reason,
            today,
        };
        decision.decide::<ApprovalDelegations>(stream, delegate)?;
        let made = decision.state::<ApprovalDelegations>(stream).latest();
        let id = made.ok_or_else(|| ApprovalDelegationsRefusal::TooMany { delegator: delegator.clone() })?;
        Ok(DelegationOutcome { id, delegator, ended: false })
    })
    .await
}
