//! `credit_notes`: what customers are owed that is bound to no bill, and what of it is left.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::settlement::{CreditNoteEvent, CreditNoteState, SettlementEvent};
use tallybook_domain::{BookEvent, Money, RecordedEvent};

pub use query::{CreditNoteFilter, CreditNoteOrder, find_credit_note, list_credit_notes};
pub use row::CreditNoteRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct CreditNotes;

impl Projection for CreditNotes {
    const NAME: &'static str = "credit_notes";
    const VERSION: i32 = 2;
    const READS: Reads = Reads::Aggregates(&["credit_note"]);
    type Tables = Keyed<CreditNoteRow>;

    fn apply(event: &RecordedEvent, notes: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Settlement(SettlementEvent::CreditNote(change)) => apply(event, change, notes),
            BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Billing(_) => Ok(()),
        }
    }
}

fn apply(
    event: &RecordedEvent,
    change: &CreditNoteEvent,
    notes: &mut Keyed<CreditNoteRow>,
) -> Result<(), FoldFault> {
    match begun(event, change) {
        // Granted after it was asked for, or by one person, as in the first books.
        Some(row) => notes.change_or_create(
            change.credit_note(),
            || row.clone(),
            |known| {
                known.state = row.state;
                known.unapplied = row.unapplied;
                known.effective_date = row.effective_date;
                known.decided_by = row.decided_by.clone();
                known.updated = row.updated.clone();
                Ok(())
            },
        ),
        None => notes.change(change.credit_note(), |row| {
            take_in(row, change)?;
            row.updated = Stamp::of(event);
            Ok(())
        }),
    }
}

fn begun(event: &RecordedEvent, change: &CreditNoteEvent) -> Option<CreditNoteRow> {
    let (decided_by, state) = match change {
        CreditNoteEvent::CreditProposed { .. } => (None, CreditNoteState::Proposed),
        CreditNoteEvent::CreditGranted { approved_by, .. } => (approved_by.clone(), CreditNoteState::Open),
        CreditNoteEvent::CreditRejected { .. }
        | CreditNoteEvent::CreditReversed { .. }
        | CreditNoteEvent::CreditApplied { .. }
        | CreditNoteEvent::CreditFreed { .. } => return None,
    };
    let (CreditNoteEvent::CreditProposed { credit_note, customer, amounts, reason, effective_date, .. }
    | CreditNoteEvent::CreditGranted { credit_note, customer, amounts, reason, effective_date, .. }) = change
    else {
        return None;
    };
    let zero = Money::zero(amounts.total.currency());
    Some(CreditNoteRow {
        id: credit_note.clone(),
        customer: customer.clone(),
        subtotal: amounts.subtotal,
        tax: amounts.tax,
        amount: amounts.total,
        state,
        applied: zero,
        unapplied: if state == CreditNoteState::Open { amounts.total } else { zero },
        reason: reason.clone(),
        effective_date: *effective_date,
        decided_by,
        end_reason: None,
        created: Stamp::of(event),
        updated: Stamp::of(event),
    })
}

fn take_in(row: &mut CreditNoteRow, change: &CreditNoteEvent) -> Result<(), FoldFault> {
    let used = match change {
        CreditNoteEvent::CreditProposed { .. } | CreditNoteEvent::CreditGranted { .. } => return Ok(()),
        CreditNoteEvent::CreditRejected { rejected_by, reason, .. } => {
            row.state = CreditNoteState::Rejected;
            (row.decided_by, row.end_reason) = (Some(rejected_by.clone()), Some(reason.clone()));
            return Ok(());
        }
        CreditNoteEvent::CreditReversed { reason, .. } => {
            row.state = CreditNoteState::Reversed;
            row.unapplied = Money::zero(row.amount.currency());
            row.end_reason = Some(reason.clone());
            return Ok(());
        }
        CreditNoteEvent::CreditApplied { amount, .. } => *amount,
        CreditNoteEvent::CreditFreed { amount, .. } => amount.negate(),
    };
    row.applied = row.applied.checked_add(used)?;
    row.unapplied = row.amount.checked_sub(row.applied)?;
    if row.unapplied.is_negative() {
        let (what, amount) = ("what is left of the credit note", row.unapplied);
        return Err(FoldFault::Negative { what, amount });
    }
    row.state = CreditNoteState::of_granted(row.unapplied.is_zero());
    Ok(())
}
