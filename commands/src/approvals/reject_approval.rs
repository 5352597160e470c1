//! Somebody does not agree to what another asked for: it does not happen.

use serde::{Deserialize, Serialize};
use tallybook_domain::Actor;
use tallybook_domain::approvals::{Approval, ApprovalCommand, ApprovalId, Given};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::ApprovalOutcome;
use super::agree::{Decider, disagree};
use super::subject::Subject;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RejectApproval {
    pub approval: ApprovalId,
    /// In whose place, by a delegation.
    #[serde(default)]
    pub on_behalf_of: Option<Actor>,
    pub reason: Reason,
}

/// Whoever asked takes it back this way.
pub async fn reject_approval(
    book: &Book,
    context: CommandContext,
    asked: RejectApproval,
) -> Result<Receipt<ApprovalOutcome>, CommandError> {
    let given = Given { by: context.actor.clone(), on_behalf_of: asked.on_behalf_of.clone() };
    let request = context.request_because("reject_approval", Some(&asked.reason), &asked)?;
    let decider = Decider::rejecting(given, Some(asked.approval.clone()));
    let subject = Subject::of(book, asked.approval.subject()).await?;
    let mut streams = subject.streams();
    streams.extend(decider.streams());
    book.execute(request, streams, move |decision| {
        let (reason, name) = (&asked.reason, subject.name());
        if disagree(decision, &subject, &decider, reason)? {
            subject.reject(decision, &decider.given.by, reason)?;
        } else {
            let deciding = decider.deciding(&subject);
            let reject = ApprovalCommand::Reject { deciding, reason: reason.clone() };
            decision.decide::<Approval>(&name.to_string(), reject)?;
        }
        ApprovalOutcome::of(decision, &name)
    })
    .await
}
