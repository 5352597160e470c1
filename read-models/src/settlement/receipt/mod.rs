//! `receipts`: all money that came in, whose it is, and what of it is left.

mod parts;
mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::settlement::receipt::ReceiptState;
use tallybook_domain::settlement::{ReceiptEvent, SettlementEvent};
use tallybook_domain::{Actor, BookEvent, Money, MoneyError, RecordedEvent};

pub use parts::{AdvanceRefund, ReceiptReversal, RefundState};
pub use query::{ReceiptFilter, ReceiptOrder, find_receipt, list_receipts};
pub use row::ReceiptRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct Receipts;

impl Projection for Receipts {
    const NAME: &'static str = "receipts";
    const VERSION: i32 = 3;
    const READS: Reads = Reads::Aggregates(&["receipt"]);
    type Tables = Keyed<ReceiptRow>;

    fn apply(event: &RecordedEvent, receipts: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Settlement(SettlementEvent::Receipt(change)) => apply(event, change, receipts),
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

/// One that was reversed may be recorded again: its row begins anew, and what was undone stays so.
fn apply(
    event: &RecordedEvent,
    change: &ReceiptEvent,
    receipts: &mut Keyed<ReceiptRow>,
) -> Result<(), FoldFault> {
    if let Some(begun) = recorded(event, change) {
        return receipts.change_or_create(
            change.receipt(),
            || begun.clone(),
            |row| {
                let (entry, undone) = (row.entry.saturating_add(1), row.undone);
                *row = ReceiptRow { entry, undone, ..begun.clone() };
                Ok(())
            },
        );
    }
    receipts.change(change.receipt(), |row| {
        take_in(row, change)?;
        row.unapplied = left(row)?;
        if row.unapplied.is_negative() {
            return Err(FoldFault::Negative { what: "what is left of the receipt", amount: row.unapplied });
        }
        if row.reversal.is_none() {
            row.state = ReceiptState::of(row.customer.is_some(), row.unapplied.is_zero());
        }
        row.updated = Stamp::of(event);
        Ok(())
    })
}

fn recorded(event: &RecordedEvent, change: &ReceiptEvent) -> Option<ReceiptRow> {
    let ReceiptEvent::ReceiptRecorded {
        receipt,
        account,
        reference,
        amount,
        method,
        received_date,
        customer,
        payer,
        text,
        effective_date,
        ..
    } = change
    else {
        return None;
    };
    let zero = Money::zero(amount.currency());
    Some(ReceiptRow {
        id: receipt.clone(),
        account: account.clone(),
        reference: reference.clone(),
        customer: customer.clone(),
        identified_by: None,
        state: ReceiptState::of(customer.is_some(), false),
        method: *method,
        received_date: *received_date,
        effective_date: effective_date.unwrap_or(*received_date),
        // Counted below, with each recording.
        entry: 0,
        payer_name: payer.name.clone(),
        payer_account: payer.account.clone(),
        text: text.clone(),
        amount: *amount,
        applied: zero,
        moved: zero,
        refunded: zero,
        refund_asked: zero,
        unapplied: *amount,
        undone: false,
        refund: None,
        reversal: None,
        created: Stamp::of(event),
        updated: Stamp::of(event),
    })
}

fn take_in(row: &mut ReceiptRow, change: &ReceiptEvent) -> Result<(), FoldFault> {
    match change {
        ReceiptEvent::ReceiptRecorded { .. } => {}
        ReceiptEvent::ReceiptIdentified { customer, matched, .. } => {
            row.customer = Some(customer.clone());
            row.identified_by = matched.clone();
        }
        ReceiptEvent::ReceiptApplied { amount, .. } => row.applied = row.applied.checked_add(*amount)?,
        ReceiptEvent::ReceiptFreed { amount, .. } => {
            row.applied = row.applied.checked_sub(*amount)?;
            row.undone = true;
        }
        ReceiptEvent::ReceiptReversed { reason, effective_date, .. } => {
            row.state = ReceiptState::Reversed;
            let (reason, effective_date) = (reason.clone(), *effective_date);
            row.reversal = Some(ReceiptReversal { reason, effective_date });
        }
        ReceiptEvent::AdvanceMovedToWallet { amount, .. } => row.moved = row.moved.checked_add(*amount)?,
        ReceiptEvent::AdvanceMovedBack { amount, .. } => row.moved = row.moved.checked_sub(*amount)?,
        ReceiptEvent::AdvanceRefundRequested { amount, reason, requested_by, .. } => {
            row.refund_asked = *amount;
            let (state, amount, reason) = (RefundState::Requested, *amount, reason.clone());
            let requested_by = requested_by.actor().clone();
            row.refund = Some(AdvanceRefund { state, amount, reason, requested_by, decided_by: None });
        }
        ReceiptEvent::AdvanceRefunded { amount, approved_by, .. } => {
            row.refunded = row.refunded.checked_add(*amount)?;
            decide_refund(row, RefundState::Refunded, approved_by);
        }
        ReceiptEvent::AdvanceRefundReturned { amount, .. } => {
            row.refunded = row.refunded.checked_sub(*amount)?;
            // While another is asked for, it is an earlier one that came back.
            if let Some(refund) = &mut row.refund
                && refund.state != RefundState::Requested
            {
                refund.state = RefundState::Returned;
            }
        }
        ReceiptEvent::AdvanceRefundRejected { rejected_by, .. } => {
            decide_refund(row, RefundState::Rejected, rejected_by);
        }
    }
    Ok(())
}

fn decide_refund(row: &mut ReceiptRow, state: RefundState, by: &Actor) {
    row.refund_asked = Money::zero(row.amount.currency());
    if let Some(asked) = &mut row.refund {
        asked.state = state;
        asked.decided_by = Some(by.clone());
    }
}

/// Nothing of one that is reversed.
fn left(row: &ReceiptRow) -> Result<Money, MoneyError> {
    if row.reversal.is_some() {
        return Ok(Money::zero(row.amount.currency()));
    }
    let taken = [row.applied, row.moved, row.refunded, row.refund_asked];
    taken.iter().try_fold(row.amount, |left, taken| left.checked_sub(*taken))
}
