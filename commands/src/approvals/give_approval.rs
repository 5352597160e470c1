//! Somebody agrees to what another asked for.

use serde::{Deserialize, Serialize};
use tallybook_domain::Actor;
use tallybook_domain::approvals::{Approval, ApprovalCommand, ApprovalId, Given};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::ApprovalOutcome;
use super::agree::{Agreed, Decider, agree};
use super::subject::Subject;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GiveApproval {
    pub approval: ApprovalId,
    /// In whose place, by a delegation.
    #[serde(default)]
    pub on_behalf_of: Option<Actor>,
    #[serde(default)]
    pub reason: Option<Reason>,
}

/// Once as many have agreed as it takes, the thing itself goes on, on the day it takes by itself.
pub async fn give_approval(
    book: &Book,
    context: CommandContext,
    asked: GiveApproval,
) -> Result<Receipt<ApprovalOutcome>, CommandError> {
    let given = Given { by: context.actor.clone(), on_behalf_of: asked.on_behalf_of.clone() };
    let request = context.request_because("give_approval", asked.reason.as_ref(), &asked)?;
    let decider = Decider::approving(book, given, Some(asked.approval.clone())).await?;
    let subject = Subject::of(book, asked.approval.subject()).await?;
    let mut streams = subject.streams();
    streams.extend(decider.streams());
    book.execute(request, streams, move |decision| {
        let (reason, name) = (asked.reason.clone(), subject.name());
        match agree(decision, &subject, &decider, reason.as_ref())? {
            Agreed::NotYet => {}
            Agreed::Enough => subject.approve(decision, &decider.given.by, None)?,
            Agreed::Before => {
                let (deciding, now) = (decider.deciding(&subject), decision.now());
                // Decided already: nothing that was given can lapse.
                let give = ApprovalCommand::Give { deciding, reason, gone: Vec::new(), now };
                decision.decide::<Approval>(&name.to_string(), give)?;
            }
        }
        ApprovalOutcome::of(decision, &name)
    })
    .await
}
