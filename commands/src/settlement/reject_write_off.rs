//! A write-off that waits does not happen.

use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::Given;
use tallybook_domain::settlement::{WriteOff, WriteOffCommand, WriteOffId};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt as Answer};

use super::WriteOffOutcome;
use super::legs::Paper;
use crate::CommandContext;
use crate::approvals::{Decider, Subject, disagree};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RejectWriteOff {
    pub write_off: WriteOffId,
    pub reason: Reason,
}

/// Its maker may take it back this way, too.
pub async fn reject_write_off(
    book: &Book,
    context: CommandContext,
    reject: RejectWriteOff,
) -> Result<Answer<WriteOffOutcome>, CommandError> {
    let decider = Decider::rejecting(Given::alone(context.actor.clone()), None);
    let request = context.request_because("reject_write_off", Some(&reject.reason), &reject)?;
    let paper = Paper::of(book, &reject.write_off).await?;
    let subject = Subject::WriteOff(paper.clone());
    book.execute(request, subject.streams(), move |decision| {
        disagree(decision, &subject, &decider, &reject.reason)?;
        reject_paper(decision, &paper, &decider.given.by, &reject.reason)?;
        WriteOffOutcome::of(decision, &paper.write_off)
    })
    .await
}

pub(crate) fn reject_paper(
    decision: &mut Decision<'_>,
    paper: &Paper,
    by: &Actor,
    reason: &Reason,
) -> Result<(), Refusal> {
    let (write_off, rejected_by, reason) = (paper.write_off.clone(), by.clone(), reason.clone());
    let step = WriteOffCommand::Reject { write_off, rejected_by, reason };
    decision.decide::<WriteOff>(paper.write_off.as_str(), step)?;
    Ok(())
}
