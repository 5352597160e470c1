//! `revenue`: what bills, notes and voidings added to revenue and took off it, line by line of the bills.
//!
//! The same events post to 6001 in the ledger with the same amounts and dates, so the two always agree. A bill's event
//! of issue says nothing of its lines, which the draft has told before: an entry over a whole bill counts all of its
//! lines, and queries put the two together.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::billing::bill::{Amounts, NoteLine, number_lines};
use tallybook_domain::billing::{BillEvent, BillingEvent};
use tallybook_domain::{BookEvent, Money, RecordedEvent};

pub use query::{RevenueBy, RevenueLine, RevenueOfCurrency, RevenueReport, RevenueScope, revenue};
pub use row::{BilledLineRow, RevenueEntryRow, RevenueKind};

use crate::fold::{Appended, FoldFault, Projection, Reads, Share, Table, Tables};

#[derive(Debug)]
pub struct Revenue;

#[derive(Debug)]
pub struct RevenueTables {
    pub lines: Appended<BilledLineRow>,
    pub entries: Appended<RevenueEntryRow>,
}

impl Tables for RevenueTables {
    fn cached() -> Self {
        Self { lines: Appended::cached(), entries: Appended::cached() }
    }

    fn whole(share: Share) -> Self {
        Self { lines: Appended::whole(share), entries: Appended::whole(share) }
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![&mut self.lines, &mut self.entries]
    }
}

impl Projection for Revenue {
    const NAME: &'static str = "revenue";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["bill"]);
    type Tables = RevenueTables;

    fn apply(event: &RecordedEvent, tables: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Billing(BillingEvent::Bill(bill)) => apply(event, bill, tables),
            BookEvent::Billing(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_) => Ok(()),
        }
    }
}

fn apply(event: &RecordedEvent, change: &BillEvent, tables: &mut RevenueTables) -> Result<(), FoldFault> {
    match change {
        BillEvent::BillDrafted { bill, parts, .. } => {
            for (number, part, line) in number_lines(parts) {
                tables.lines.append(|| BilledLineRow {
                    bill: bill.clone(),
                    line: number,
                    plan: part.plan.clone(),
                    plan_version: part.plan_version,
                    item: line.code.clone(),
                    meter: line.meter.clone(),
                    amount: line.amount,
                });
            }
            Ok(())
        }
        BillEvent::BillIssued { amounts, .. } => {
            of_bill(event, change, (RevenueKind::Issued, amounts.subtotal), tables)
        }
        BillEvent::BillVoided { owed: Some(Amounts { subtotal, .. }), .. } => {
            of_bill(event, change, (RevenueKind::Voided, subtotal.negate()), tables)
        }
        BillEvent::DebitNoteIssued { lines, .. } => {
            of_lines(event, change, (RevenueKind::DebitNote, lines), tables)
        }
        BillEvent::CreditNoteIssued { lines, .. } => {
            of_lines(event, change, (RevenueKind::CreditNote, lines), tables)
        }
        BillEvent::BillVoided { owed: None, .. }
        | BillEvent::BillDisputeOpened { .. }
        | BillEvent::BillDisputeClosed { .. }
        | BillEvent::BadDebtRequested { .. }
        | BillEvent::BadDebtWrittenOff { .. }
        | BillEvent::BadDebtRejected { .. }
        | BillEvent::BillPaidFromWallet { .. }
        | BillEvent::BillPaymentReturnedToWallet { .. }
        | BillEvent::BillApplied { .. }
        | BillEvent::BillReopened { .. } => Ok(()),
    }
}

/// An entry over all lines of the bill.
fn of_bill(
    event: &RecordedEvent,
    change: &BillEvent,
    (kind, amount): (RevenueKind, Money),
    tables: &mut RevenueTables,
) -> Result<(), FoldFault> {
    let entry = RevenueEntryRow::of(event, change, kind, amount)?;
    tables.entries.append(|| entry);
    Ok(())
}

/// An entry for each line of a note.
fn of_lines(
    event: &RecordedEvent,
    change: &BillEvent,
    (kind, lines): (RevenueKind, &[NoteLine]),
    tables: &mut RevenueTables,
) -> Result<(), FoldFault> {
    for (place, line) in (0..).zip(lines) {
        let amount = match kind {
            RevenueKind::Issued | RevenueKind::DebitNote => line.amount,
            RevenueKind::CreditNote | RevenueKind::Voided => line.amount.negate(),
        };
        let entry = RevenueEntryRow::of(event, change, kind, amount)?;
        tables.entries.append(|| RevenueEntryRow { entry: place, line: Some(line.line), ..entry });
    }
    Ok(())
}
