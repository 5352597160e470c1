//! A write-off is undone, a leg of it or all that stand: its bills open again, its sources are free again.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::settlement::write_off::Leg;
use tallybook_domain::settlement::{WriteOffId, WriteOffRefusal};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt as Answer};

use super::WriteOffOutcome;
use super::legs::{Paper, undo};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReverseWriteOff {
    pub write_off: WriteOffId,
    /// All legs, if not given.
    #[serde(default)]
    pub leg: Option<u32>,
    pub reason: Reason,
    /// Today, if not given, or the day of the write-off, if that is later.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// A leg that is undone already stays so: reversing it again decides nothing.
pub async fn reverse_write_off(
    book: &Book,
    context: CommandContext,
    reverse: ReverseWriteOff,
) -> Result<Answer<WriteOffOutcome>, CommandError> {
    let request = context.request_because("reverse_write_off", Some(&reverse.reason), &reverse)?;
    let paper = Paper::of(book, &reverse.write_off).await?;
    let streams = paper.streams();
    let legs = wanted(paper, reverse.leg)?;
    book.execute(request, streams, move |decision| {
        let ReverseWriteOff { write_off, reason, effective_date, leg: _ } = &reverse;
        for leg in &legs {
            undo(decision, write_off, leg, (reason, *effective_date))?;
        }
        WriteOffOutcome::of(decision, write_off)
    })
    .await
}

fn wanted(paper: Paper, number: Option<u32>) -> Result<Vec<Leg>, CommandError> {
    let Some(number) = number else { return Ok(paper.legs) };
    let Paper { write_off, legs, .. } = paper;
    match legs.into_iter().find(|leg| leg.leg == number) {
        Some(leg) => Ok(vec![leg]),
        None => {
            let refusal = WriteOffRefusal::LegNotFound { write_off, leg: number };
            Err(CommandError::Refused(refusal.into()))
        }
    }
}
