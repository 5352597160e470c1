//! `bills`: every bill, what it is made of, and what is left of it.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::billing::bill::{Amounts, Dispute, DisputeOutcome};
use tallybook_domain::billing::{BillEvent, BillId, BillState, BillingEvent};
use tallybook_domain::{BookEvent, Money, RecordedEvent};

pub use query::{BillFilter, BillOrder, BillStanding, find_bill, list_bills};
pub use row::{BillNote, BillRow, NoteKind};

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct Bills;

impl Projection for Bills {
    const NAME: &'static str = "bills";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["bill"]);
    type Tables = Keyed<BillRow>;

    fn apply(event: &RecordedEvent, bills: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Billing(BillingEvent::Bill(BillEvent::BillDrafted {
                bill,
                parts,
                amounts,
                replaces,
            })) => bills.create(bill, || {
                let draft = drafted(event, bill, *amounts);
                BillRow { parts: parts.clone(), replaces: replaces.clone(), ..draft }
            }),
            BookEvent::Billing(BillingEvent::Bill(change)) => bills.change(change.bill(), |row| {
                row.updated = Stamp::of(event);
                take_in(row, change)
            }),
            BookEvent::Billing(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_) => Ok(()),
        }
    }
}

fn drafted(event: &RecordedEvent, bill: &BillId, amounts: Amounts) -> BillRow {
    let zero = Money::zero(amounts.total.currency());
    BillRow {
        id: bill.clone(),
        customer: bill.customer(),
        period: bill.month(),
        number: None,
        state: BillState::Draft,
        dispute: Dispute::None,
        subtotal: amounts.subtotal,
        tax: amounts.tax,
        total: amounts.total,
        settled: zero,
        open: zero,
        issue_date: None,
        due_date: None,
        replaces: None,
        parts: Vec::new(),
        notes: Vec::new(),
        created: Stamp::of(event),
        updated: Stamp::of(event),
    }
}

fn take_in(row: &mut BillRow, change: &BillEvent) -> Result<(), FoldFault> {
    match change {
        BillEvent::BillDrafted { .. } => {}
        BillEvent::BillIssued { number, issue_date, due_date, .. } => {
            row.state = BillState::Issued;
            row.number = Some(number.clone());
            (row.issue_date, row.due_date) = (Some(*issue_date), Some(*due_date));
        }
        BillEvent::BillVoided { .. } => row.state = BillState::Voided,
        BillEvent::CreditNoteIssued { note, lines, amounts, reason, effective_date, .. } => {
            owe(row, Amounts::checked_sub, *amounts)?;
            let (note, lines, reason) = (*note, lines.clone(), reason.clone());
            let (kind, amounts, effective_date) = (NoteKind::Credit, *amounts, *effective_date);
            row.notes.push(BillNote { note, kind, lines, amounts, reason, effective_date });
        }
        BillEvent::DebitNoteIssued { note, lines, amounts, reason, effective_date, .. } => {
            owe(row, Amounts::checked_add, *amounts)?;
            let (note, lines, reason) = (*note, lines.clone(), reason.clone());
            let (kind, amounts, effective_date) = (NoteKind::Debit, *amounts, *effective_date);
            row.notes.push(BillNote { note, kind, lines, amounts, reason, effective_date });
        }
        BillEvent::BillDisputeOpened { .. } => row.dispute = Dispute::Open,
        BillEvent::BillDisputeClosed { outcome, .. } => {
            row.dispute = match outcome {
                DisputeOutcome::Won => Dispute::Won,
                DisputeOutcome::Lost => Dispute::Lost,
            };
        }
        BillEvent::BadDebtWrittenOff { amount, .. } | BillEvent::BillPaidFromWallet { amount, .. } => {
            row.settled = row.settled.checked_add(*amount)?;
        }
        BillEvent::BadDebtRequested { .. } | BillEvent::BadDebtRejected { .. } => {}
    }
    row.open = match row.state {
        BillState::Issued => row.total.checked_sub(row.settled)?,
        BillState::Draft | BillState::Voided => Money::zero(row.total.currency()),
    };
    if row.open.is_negative() {
        return Err(FoldFault::Negative { what: "the open amount of the bill", amount: row.open });
    }
    Ok(())
}

type Combine = fn(Amounts, Amounts) -> Result<Amounts, tallybook_domain::MoneyError>;

fn owe(row: &mut BillRow, combine: Combine, note: Amounts) -> Result<(), FoldFault> {
    let owed = Amounts { subtotal: row.subtotal, tax: row.tax, total: row.total };
    let Amounts { subtotal, tax, total } = combine(owed, note)?;
    (row.subtotal, row.tax, row.total) = (subtotal, tax, total);
    Ok(())
}
