//! `receivables`: what is owed of each bill, and what made it so.
//!
//! The same events post to 1122 in the ledger with the same amounts and dates, so the two always agree, on any day and
//! as known at any position.

mod ageing;
mod bounds;
mod open_items;
mod owed;
mod row;
mod summary;
#[cfg(test)]
mod tests;
mod turnover;

use tallybook_domain::billing::{BillEvent, BillingEvent};
use tallybook_domain::settlement::write_off::LegSource;
use tallybook_domain::{BookEvent, Money, RecordedEvent};

pub use ageing::{AgeingOfCurrency, AgeingOfCustomer, AgeingScope, ReceivablesAgeing, receivables_ageing};
pub use bounds::{AgeingBounds, DaysOverdue};
pub use open_items::{OpenItem, OpenItemFilter, OpenItemOrder, list_open_items};
pub use owed::{AgeingBucket, SortedByAge};
pub use row::{ReceivableEntryRow, ReceivableKind, ReceivableRow};
pub use summary::{
    Ageing, ReceivablesOfCurrency, ReceivablesOfCustomer, ReceivablesScope, ReceivablesSummary,
    receivables_summary,
};
pub use turnover::ReceivablesTurnover;

use crate::fold::{Appended, FoldFault, Keyed, Projection, Reads, Share, Table, Tables};

#[derive(Debug)]
pub struct Receivables;

#[derive(Debug)]
pub struct ReceivableTables {
    pub bills: Keyed<ReceivableRow>,
    pub entries: Appended<ReceivableEntryRow>,
}

impl Tables for ReceivableTables {
    fn cached() -> Self {
        Self { bills: Keyed::cached(), entries: Appended::cached() }
    }

    fn whole(share: Share) -> Self {
        Self { bills: Keyed::whole(share), entries: Appended::whole(share) }
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![&mut self.bills, &mut self.entries]
    }
}

impl Projection for Receivables {
    const NAME: &'static str = "receivables";
    const VERSION: i32 = 2;
    const READS: Reads = Reads::Aggregates(&["bill"]);
    type Tables = ReceivableTables;

    fn apply(event: &RecordedEvent, tables: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Billing(BillingEvent::Bill(change)) => match movement(change) {
                Some((kind, amount)) => apply(event, change, (kind, amount), tables),
                None => Ok(()),
            },
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

/// What an event makes of what is owed: more, or less; `None` if neither.
pub(crate) fn owed_by(change: &BillEvent) -> Option<Money> {
    movement(change).map(|(_, amount)| amount)
}

/// The same, and why.
fn movement(change: &BillEvent) -> Option<(ReceivableKind, Money)> {
    match change {
        BillEvent::BillIssued { amounts, .. } => Some((ReceivableKind::Issued, amounts.total)),
        BillEvent::DebitNoteIssued { amounts, .. } => Some((ReceivableKind::DebitNote, amounts.total)),
        BillEvent::CreditNoteIssued { amounts, .. } => {
            Some((ReceivableKind::CreditNote, amounts.total.negate()))
        }
        BillEvent::BillVoided { owed: Some(owed), .. } => Some((ReceivableKind::Voided, owed.total.negate())),
        BillEvent::BillPaidFromWallet { amount, .. } => {
            Some((ReceivableKind::PaidFromWallet, amount.negate()))
        }
        BillEvent::BillPaymentReturnedToWallet { amount, .. } => {
            Some((ReceivableKind::ReturnedToWallet, *amount))
        }
        BillEvent::BillApplied { leg, .. } => Some((applied(&leg.source), leg.amount.negate())),
        BillEvent::BillReopened { leg, .. } => Some((reopened(&leg.source), leg.amount)),
        BillEvent::BadDebtWrittenOff { amount, .. } => Some((ReceivableKind::WrittenOff, amount.negate())),
        BillEvent::BillVoided { owed: None, .. }
        | BillEvent::BillDrafted { .. }
        | BillEvent::BillDisputeOpened { .. }
        | BillEvent::BillDisputeClosed { .. }
        | BillEvent::BadDebtRequested { .. }
        | BillEvent::BadDebtRejected { .. } => None,
    }
}

fn applied(source: &LegSource) -> ReceivableKind {
    match source {
        LegSource::Receipt(_) | LegSource::Wallet(_) => ReceivableKind::Applied,
        LegSource::CreditNote(_) => ReceivableKind::CreditApplied,
        LegSource::Difference(_) => ReceivableKind::DifferenceApplied,
    }
}

fn reopened(source: &LegSource) -> ReceivableKind {
    match source {
        LegSource::Receipt(_) | LegSource::Wallet(_) => ReceivableKind::Reopened,
        LegSource::CreditNote(_) => ReceivableKind::CreditReopened,
        LegSource::Difference(_) => ReceivableKind::DifferenceReopened,
    }
}

fn apply(
    event: &RecordedEvent,
    change: &BillEvent,
    (kind, amount): (ReceivableKind, Money),
    tables: &mut ReceivableTables,
) -> Result<(), FoldFault> {
    let (bill, position) = (change.bill(), event.position);
    let effective_date = change.effective_date().ok_or(FoldFault::NoEffectiveDate)?;
    if let BillEvent::BillIssued { due_date, .. } = change {
        tables.bills.create(bill, || ReceivableRow {
            bill: bill.clone(),
            customer: bill.customer(),
            due_date: *due_date,
            open: amount,
            first_date: effective_date,
            last_date: effective_date,
            last_position: position,
        })?;
    } else {
        tables.bills.change(bill, |row| {
            row.open = row.open.checked_add(amount)?;
            row.first_date = row.first_date.min(effective_date);
            row.last_date = row.last_date.max(effective_date);
            row.last_position = position;
            Ok(())
        })?;
    }
    let bill = bill.clone();
    tables.entries.append(|| ReceivableEntryRow { bill, position, effective_date, kind, amount });
    Ok(())
}
