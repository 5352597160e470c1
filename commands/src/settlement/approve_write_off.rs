//! Someone other than its maker lets a write-off happen whose difference is above the maker's limit.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::customers::Customer;
use tallybook_domain::settlement::{WriteOff, WriteOffCommand, WriteOffId};
use tallybook_event_store::{Book, CommandError, Receipt as Answer, StreamKey};

use super::WriteOffOutcome;
use super::legs::{Paper, apply, date_by_default, identify};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApproveWriteOff {
    pub write_off: WriteOffId,
    /// The day that was proposed, if not given, or the first day on which all its sources and bills are there, if that is
    /// later.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// Refused if less than is needed is left of a source or a bill by now. A receipt nobody has identified is identified by
/// it, if the rules of matching have found the write-off.
pub async fn approve_write_off(
    book: &Book,
    context: CommandContext,
    approve: ApproveWriteOff,
) -> Result<Answer<WriteOffOutcome>, CommandError> {
    let by = context.actor.clone();
    let request = context.request("approve_write_off", &approve)?;
    let paper = Paper::of(book, &approve.write_off).await?;
    let mut streams = paper.streams();
    streams.push(StreamKey::existing::<Customer>(&paper.customer));
    book.execute(request, streams, move |decision| {
        let ApproveWriteOff { write_off, effective_date } = approve.clone();
        let (today, approved_by) = (decision.today(), by.clone());
        let proposed = decision.state::<WriteOff>(write_off.as_str()).effective_date_by_default(today);
        let by_default = date_by_default(decision, &paper.legs, proposed);
        let effective_date = effective_date.unwrap_or(by_default);
        let id = write_off.clone();
        let step = WriteOffCommand::Approve { write_off, approved_by, effective_date, today };
        decision.decide::<WriteOff>(id.as_str(), step)?;
        if paper.matched {
            identify(decision, &id, effective_date)?;
        }
        apply(decision, &id, effective_date)?;
        WriteOffOutcome::of(decision, &id)
    })
    .await
}
