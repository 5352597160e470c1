//! What the rules of matching propose becomes a write-off, decided as any other.

use std::collections::HashSet;

use serde::Serialize;
use tallybook_domain::customers::Customer;
use tallybook_domain::settlement::matching::Proposal;
use tallybook_domain::settlement::write_off::{DifferenceLimits, Leg, LegSource};
use tallybook_domain::settlement::{Receipt, ReceiptCommand, ReceiptId, WriteOff, WriteOffId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt as Answer, StreamKey};

use super::WriteOffOutcome;
use super::legs::{apply, streams};
use super::make_write_off::{Made, paper};
use crate::CommandContext;
use crate::requester::requester;

#[derive(Debug, Serialize)]
struct PostMatch<'a> {
    write_off: &'a WriteOffId,
    legs: &'a [Leg],
}

/// Keeps why it was found, and by which version of the rules. A receipt nobody had identified is identified in the same
/// decision, unless the write-off has to wait for an approver.
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
    let customer = proposal.customer.clone();
    book.execute(request, streams, move |decision| {
        let (write_off, legs) = (made.write_off.clone(), made.legs.clone());
        if let Some(effective_date) = paper(decision, made.clone())? {
            for receipt in unidentified(decision, &legs) {
                decision.state::<Customer>(customer.as_str()).check_open(&customer)?;
                let (customer, today) = (customer.clone(), decision.today());
                let id = receipt.clone();
                let identify = ReceiptCommand::Identify { receipt, customer, effective_date, today };
                decision.decide::<Receipt>(id.as_str(), identify)?;
            }
            apply(decision, &write_off, effective_date)?;
        }
        WriteOffOutcome::of(decision, &write_off)
    })
    .await
}

/// Receipts among the sources nobody has said whose they are.
fn unidentified(decision: &Decision<'_>, legs: &[Leg]) -> Vec<ReceiptId> {
    let mut seen = HashSet::new();
    let receipts = legs.iter().filter_map(|leg| match &leg.source {
        LegSource::Receipt(receipt) => Some(receipt),
        LegSource::Wallet(_) | LegSource::CreditNote(_) | LegSource::Difference(_) => None,
    });
    receipts
        .filter(|receipt| seen.insert(receipt.as_str()))
        .filter(|receipt| {
            let known = decision.state::<Receipt>(receipt.as_str());
            known.amount().is_some() && known.customer().is_none()
        })
        .cloned()
        .collect()
}
