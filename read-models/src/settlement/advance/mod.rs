//! `advances`: what made more or less of what we owe customers for receipts and credit notes.
//!
//! The same events post to 2203 in the ledger with the same amounts and dates, or say that a bill's event does.

mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::settlement::{CreditNoteEvent, ReceiptEvent, SettlementEvent};
use tallybook_domain::{BookEvent, CustomerId, Money, RecordedEvent};

pub use row::{AdvanceEntryRow, AdvanceKind};

use crate::fold::{Appended, FoldFault, Projection, Reads};

#[derive(Debug)]
pub struct Advances;

impl Projection for Advances {
    const NAME: &'static str = "advances";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["receipt", "credit_note"]);
    type Tables = Appended<AdvanceEntryRow>;

    fn apply(event: &RecordedEvent, entries: &mut Self::Tables) -> Result<(), FoldFault> {
        let moved = match &event.event {
            BookEvent::Settlement(SettlementEvent::Receipt(change)) => {
                of_receipt(change).map(|moved| (change.receipt().as_str(), moved))
            }
            BookEvent::Settlement(SettlementEvent::CreditNote(change)) => {
                of_credit_note(change).map(|moved| (change.credit_note().as_str(), moved))
            }
            BookEvent::Settlement(
                SettlementEvent::WriteOff(_)
                | SettlementEvent::MatchingRules(_)
                | SettlementEvent::Statement(_),
            )
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Billing(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_) => None,
        };
        let Some((source, Moved { kind, amount, customer, reference })) = moved else { return Ok(()) };
        let effective_date = tallybook_domain::ledger::effective_date(&event.event);
        let effective_date = effective_date.ok_or(FoldFault::NoEffectiveDate)?;
        entries.append(|| AdvanceEntryRow {
            source: source.into(),
            position: event.position,
            effective_date,
            kind,
            customer: customer.cloned(),
            reference,
            amount,
        });
        Ok(())
    }
}

/// What an event made of it.
struct Moved<'a> {
    kind: AdvanceKind,
    /// Negative where there is less from then on.
    amount: Money,
    /// Whose it is, where the event says so.
    customer: Option<&'a CustomerId>,
    /// The bank's number of the money.
    reference: Option<String>,
}

fn of_receipt(change: &ReceiptEvent) -> Option<Moved<'_>> {
    let moved = |kind, amount| Moved { kind, amount, customer: None, reference: None };
    Some(match change {
        ReceiptEvent::ReceiptRecorded { customer, reference, amount, .. } => Moved {
            customer: customer.as_ref(),
            reference: Some(reference.to_string()),
            ..moved(AdvanceKind::Received, *amount)
        },
        ReceiptEvent::ReceiptIdentified { customer, amount, .. } => {
            Moved { customer: Some(customer), ..moved(AdvanceKind::Identified, *amount) }
        }
        ReceiptEvent::ReceiptApplied { amount, .. } => moved(AdvanceKind::Applied, amount.negate()),
        ReceiptEvent::ReceiptFreed { amount, .. } => moved(AdvanceKind::Freed, *amount),
        ReceiptEvent::ReceiptReversed { customer, amount, .. } => {
            Moved { customer: customer.as_ref(), ..moved(AdvanceKind::Reversed, amount.negate()) }
        }
        ReceiptEvent::AdvanceMovedToWallet { amount, .. } => {
            moved(AdvanceKind::MovedToWallet, amount.negate())
        }
        ReceiptEvent::AdvanceMovedBack { amount, .. } => moved(AdvanceKind::MovedBack, *amount),
        ReceiptEvent::AdvanceRefundReturned { amount, .. } => moved(AdvanceKind::RefundReturned, *amount),
        ReceiptEvent::AdvanceRefunded { amount, .. } => moved(AdvanceKind::Refunded, amount.negate()),
        ReceiptEvent::AdvanceRefundRequested { .. } | ReceiptEvent::AdvanceRefundRejected { .. } => {
            return None;
        }
    })
}

fn of_credit_note(change: &CreditNoteEvent) -> Option<Moved<'_>> {
    let moved = |kind, amount| Moved { kind, amount, customer: None, reference: None };
    Some(match change {
        CreditNoteEvent::CreditGranted { customer, amounts, .. } => {
            Moved { customer: Some(customer), ..moved(AdvanceKind::Granted, amounts.total) }
        }
        CreditNoteEvent::CreditApplied { amount, .. } => moved(AdvanceKind::Applied, amount.negate()),
        CreditNoteEvent::CreditFreed { amount, .. } => moved(AdvanceKind::Freed, *amount),
        CreditNoteEvent::CreditReversed { customer, amounts, .. } => {
            Moved { customer: Some(customer), ..moved(AdvanceKind::Reversed, amounts.total.negate()) }
        }
        CreditNoteEvent::CreditProposed { .. } | CreditNoteEvent::CreditRejected { .. } => return None,
    })
}
