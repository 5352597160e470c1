//! A write-off that waits does not happen.

use serde::{Deserialize, Serialize};
use tallybook_domain::settlement::{WriteOff, WriteOffCommand, WriteOffId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt as Answer};

use super::WriteOffOutcome;
use super::legs::Paper;
use crate::CommandContext;

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
    let by = context.actor.clone();
    let request = context.request_because("reject_write_off", Some(&reject.reason), &reject)?;
    let paper = Paper::of(book, &reject.write_off).await?;
    book.execute(request, paper.streams(), move |decision| {
        let RejectWriteOff { write_off, reason } = reject.clone();
        let (id, rejected_by) = (write_off.clone(), by.clone());
        let step = WriteOffCommand::Reject { write_off, rejected_by, reason };
        decision.decide::<WriteOff>(id.as_str(), step)?;
        WriteOffOutcome::of(decision, &id)
    })
    .await
}
