//! What the rules of matching propose becomes a write-off, decided as any other.

use serde::Serialize;
use tallybook_domain::customers::Customer;
use tallybook_domain::settlement::matching::Proposal;
use tallybook_domain::settlement::write_off::{DifferenceLimits, Leg};
use tallybook_domain::settlement::{WriteOff, WriteOffId};
use tallybook_event_store::{Book, CommandError, Receipt as Answer, StreamKey};

use super::WriteOffOutcome;
use super::legs::{apply, identify, streams};
use super::make_write_off::{Made, paper};
use crate::CommandContext;
use crate::approvals::{ask, missing_approvals};
use crate::requester::requester;

#[derive(Debug, Serialize)]
struct PostMatch<'a> {
    write_off: &'a WriteOffId,
    legs: &'a [Leg],
}

/// Keeps why it was found, and by which version of the rules. A receipt nobody had identified is identified in the same
/// decision, or where the write-off has to wait for an approver, when that is approved.
///
/// What was proposed, rejected or undone before is refused: the same legs are the same write-off.
pub async fn post_match(
    book: &Book,
    context: CommandContext,
    proposal: &Proposal,
    limits: DifferenceLimits,
) -> Result<Answer<WriteOffOutcome>, CommandError> {
    let requested_by = requester(book, &context.actor).await?;
    let (write_off, legs) = (proposal.write_off(), proposal.legs.clone());
    let request = context.request("post_match", &PostMatch { write_off: &write_off, legs: &legs })?;
    let mut streams = streams(&legs);
    streams.push(StreamKey::existing::<WriteOff>(&write_off));
    streams.push(StreamKey::existing::<Customer>(&proposal.customer));
    let matched = Some(proposal.evidence());
    let made = Made { write_off, legs, requested_by, limits, given: None, matched };
    let subject = made.subject()?;
    streams.extend(subject.streams_of_approval());
    book.execute(request, streams, move |decision| {
        let write_off = made.write_off.clone();
        match paper(decision, made.clone())? {
            Some(effective_date) => {
                identify(decision, &write_off, effective_date)?;
                apply(decision, &write_off, effective_date)?;
            }
            None => ask(decision, &subject, None)?,
        }
        let outcome = WriteOffOutcome::of(decision, &write_off)?;
        Ok(WriteOffOutcome { missing_approvals: missing_approvals(decision, &subject), ..outcome })
    })
    .await
}
