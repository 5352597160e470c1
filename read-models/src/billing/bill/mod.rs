//! `bills`: every bill, what it is made of, and what is left of it.

mod parts;
mod query;
mod row;
mod standing;
#[cfg(test)]
mod tests;

use tallybook_domain::billing::bill::{Amounts, BadDebtState, Dispute, DisputeOutcome};
use tallybook_domain::billing::{BillEvent, BillId, BillState, BillingEvent};
use tallybook_domain::settlement::write_off::LegSource;
use tallybook_domain::{Actor, BookEvent, Money, RecordedEvent};

pub use parts::{BadDebt, BillNote, BillVoiding, NoteKind};
pub use query::{BillFilter, BillOrder, find_bill, list_bills};
pub use row::BillRow;
pub use standing::{BillOnDay, BillStanding};

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct Bills;

impl Projection for Bills {
    const NAME: &'static str = "bills";
    const VERSION: i32 = 5;
    const READS: Reads = Reads::Aggregates(&["bill"]);
    type Tables = Keyed<BillRow>;

    fn apply(event: &RecordedEvent, bills: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Billing(BillingEvent::Bill(BillEvent::BillDrafted {
                bill,
                parts,
                amounts,
                replaces,
                amends,
            })) => {
                bills.create(bill, || {
                    let draft = drafted(event, bill, *amounts);
                    let (parts, replaces, amends) = (parts.clone(), replaces.clone(), amends.clone());
                    BillRow { parts, replaces, amends, ..draft }
                })?;
                link(bills, bill, replaces.as_ref(), amends.as_ref())
            }
            BookEvent::Billing(BillingEvent::Bill(change)) => bills.change(change.bill(), |row| {
                row.updated = Stamp::of(event);
                take_in(row, change)
            }),
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

/// The bill it stands in the place of, and the one it makes up the difference to, name it too.
fn link(
    bills: &mut Keyed<BillRow>,
    bill: &BillId,
    replaces: Option<&BillId>,
    amends: Option<&BillId>,
) -> Result<(), FoldFault> {
    if let Some(voided) = replaces {
        bills.change(voided, |row| {
            row.replaced_by = Some(bill.clone());
            Ok(())
        })?;
    }
    if let Some(amended) = amends {
        bills.change(amended, |row| {
            row.amended_by.push(bill.clone());
            Ok(())
        })?;
    }
    Ok(())
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
        written_off: zero,
        open: zero,
        issue_date: None,
        due_date: None,
        replaces: None,
        replaced_by: None,
        amends: None,
        amended_by: Vec::new(),
        voided: None,
        bad_debt: None,
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
        BillEvent::BillVoided { reason, effective_date, .. } => {
            row.state = BillState::Voided;
            let (reason, effective_date) = (reason.clone(), *effective_date);
            row.voided = Some(BillVoiding { reason, effective_date });
        }
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
        BillEvent::BillPaidFromWallet { amount, .. } => row.settled = row.settled.checked_add(*amount)?,
        BillEvent::BillPaymentReturnedToWallet { amount, .. } => {
            row.settled = row.settled.checked_sub(*amount)?;
        }
        BillEvent::BillApplied { leg, .. } => {
            let figure = figure_of(row, &leg.source);
            *figure = figure.checked_add(leg.amount)?;
        }
        BillEvent::BillReopened { leg, .. } => {
            let figure = figure_of(row, &leg.source);
            *figure = figure.checked_sub(leg.amount)?;
        }
        BillEvent::BadDebtRequested { amount, reason, requested_by, .. } => {
            let (state, amount, reason) = (BadDebtState::Requested, *amount, reason.clone());
            let requested_by = requested_by.actor().clone();
            row.bad_debt = Some(BadDebt { state, amount, reason, requested_by, decided_by: None });
        }
        BillEvent::BadDebtWrittenOff { amount, approved_by, .. } => {
            row.written_off = row.written_off.checked_add(*amount)?;
            decide_bad_debt(row, BadDebtState::WrittenOff, approved_by);
        }
        BillEvent::BadDebtRejected { rejected_by, .. } => {
            decide_bad_debt(row, BadDebtState::Rejected, rejected_by);
        }
    }
    row.open = match row.state {
        BillState::Issued => row.total.checked_sub(row.settled)?.checked_sub(row.written_off)?,
        BillState::Draft | BillState::Voided => Money::zero(row.total.currency()),
    };
    if row.open.is_negative() {
        return Err(FoldFault::Negative { what: "the open amount of the bill", amount: row.open });
    }
    Ok(())
}

/// What a leg counts as: what nobody pays is given up, whichever way.
fn figure_of<'a>(row: &'a mut BillRow, source: &LegSource) -> &'a mut Money {
    match source {
        LegSource::Difference(reason) if reason.is_given_up() => &mut row.written_off,
        LegSource::Difference(_)
        | LegSource::Receipt(_)
        | LegSource::Wallet(_)
        | LegSource::CreditNote(_) => &mut row.settled,
    }
}

fn decide_bad_debt(row: &mut BillRow, state: BadDebtState, by: &Actor) {
    if let Some(asked) = &mut row.bad_debt {
        asked.state = state;
        asked.decided_by = Some(by.clone());
    }
}

type Combine = fn(Amounts, Amounts) -> Result<Amounts, tallybook_domain::MoneyError>;

fn owe(row: &mut BillRow, combine: Combine, note: Amounts) -> Result<(), FoldFault> {
    let owed = Amounts { subtotal: row.subtotal, tax: row.tax, total: row.total };
    let Amounts { subtotal, tax, total } = combine(owed, note)?;
    (row.subtotal, row.tax, row.total) = (subtotal, tax, total);
    Ok(())
}
