//! A receipt should not have been recorded: its money is in the books no longer.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::Refusal;
use tallybook_domain::settlement::write_off::Leg;
use tallybook_domain::settlement::{
    Receipt, ReceiptCommand, ReceiptId, ReceiptRefusal, WriteOff, WriteOffId,
};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Decision, Receipt as Answer, StreamKey};

use super::legs::{all_held, undo};
use super::{ReceiptOutcome, ReversedReceipt, WriteOffOutcome};
use crate::CommandContext;
use crate::bank_reference::{is_beside_others, release_of_receipt};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReverseReceipt {
    pub receipt: ReceiptId,
    /// Which time it was recorded is meant, if somebody may have recorded it anew since; the last, if not given.
    #[serde(default)]
    pub entry: Option<u32>,
    pub reason: Reason,
    /// Whether the write-offs it is in are undone with it, as a whole; else it is refused while there are any.
    #[serde(default)]
    pub with_write_offs: bool,
    /// Today, if not given, or the latest day on which something became of it, if that is later.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// Reversing it again decides nothing.
pub async fn reverse_receipt(
    book: &Book,
    context: CommandContext,
    reverse: ReverseReceipt,
) -> Result<Answer<ReversedReceipt>, CommandError> {
    let request = context.request_because("reverse_receipt", Some(&reverse.reason), &reverse)?;
    let streams = vec![StreamKey::existing::<Receipt>(&reverse.receipt)];
    let beside = is_beside_others(book, &reverse.receipt).await?;
    book.execute(request, streams, move |decision| decide(decision, &reverse, beside)).await
}

fn decide(
    decision: &mut Decision<'_>,
    reverse: &ReverseReceipt,
    beside: bool,
) -> Result<ReversedReceipt, Refusal> {
    let ReverseReceipt { receipt: id, entry, reason, with_write_offs, effective_date } = reverse;
    let undone = if *with_write_offs { undo_write_offs(decision, reverse)? } else { Vec::new() };
    let today = decision.today();
    let standing = decision.state::<Receipt>(id.as_str());
    let by_default = standing.effective_date_by_default(today);
    let held = standing.held_reference().cloned();
    let (receipt, effective_date) = (id.clone(), effective_date.unwrap_or(by_default));
    let (entry, reason) = (*entry, reason.clone());
    let step = ReceiptCommand::Reverse { receipt, entry, reason, effective_date, today };
    let reversed_now = decision.decide::<Receipt>(id.as_str(), step)? > 0;
    // By the second time something else may have the reference.
    if let Some((reference, account)) = held.filter(|_| reversed_now) {
        release_of_receipt(decision, (&reference, &account), beside);
    }
    let write_offs = undone.iter().map(|write_off| WriteOffOutcome::of(decision, write_off));
    let write_offs = write_offs.collect::<Result<_, _>>()?;
    Ok(ReversedReceipt { receipt: ReceiptOutcome::of(decision, id)?, write_offs })
}

/// A difference that went with the money is none without it: what the receipt is in is undone as a whole.
fn undo_write_offs(
    decision: &mut Decision<'_>,
    reverse: &ReverseReceipt,
) -> Result<Vec<WriteOffId>, Refusal> {
    let ReverseReceipt { receipt, reason, effective_date, .. } = reverse;
    let live = decision.state::<Receipt>(receipt.as_str()).live_legs();
    let write_offs: BTreeSet<WriteOffId> = live.map(|(write_off, _, _)| write_off.clone()).collect();
    let mut held = true;
    for id in &write_offs {
        held &= decision.holds::<WriteOff>(id.as_str());
    }
    // What is answered as long as not everything is held: it is dropped, and the decision made again.
    let not_held = || Refusal::from(ReceiptRefusal::NotFound { receipt: receipt.clone() });
    if !held {
        return Err(not_held());
    }
    let legs_of = |id: &WriteOffId| decision.state::<WriteOff>(id.as_str()).legs().to_vec();
    let legs: Vec<(WriteOffId, Vec<Leg>)> = write_offs.iter().map(|id| (id.clone(), legs_of(id))).collect();
    for (_, legs) in &legs {
        held &= all_held(decision, legs);
    }
    if !held {
        return Err(not_held());
    }
    for (write_off, legs) in &legs {
        for leg in legs {
            undo(decision, write_off, leg, (reason, *effective_date))?;
        }
    }
    Ok(write_offs.into_iter().collect())
}
