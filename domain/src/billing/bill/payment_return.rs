//! What of a bill's payments goes back to the wallet when less is owed than was paid.
//!
//! A pure look ahead: the bill is voided or credited by the command that follows in the same decision. Must never give
//! back what somebody wrote off, nor more than the wallet paid.

use chrono::NaiveDate;

use super::open::sum_of_note;
use super::rules::{check_only_paid, date_of, issued};
use super::{Bill, BillAction, BillRefusal, BillState, NoteLines, OpenBill, StepDate};
use crate::billing::BillId;
use crate::money::Money;

/// What the wallet gets back, on the business date of the step that makes the bill less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentReturn {
    pub amount: Money,
    pub effective_date: NaiveDate,
}

impl Bill {
    /// All the wallet paid, if the bill can be voided once it has that back. A bill that is voided already, or is a
    /// draft, has nothing to give.
    pub fn returned_by_voiding(
        &self,
        bill: &BillId,
        date: StepDate,
    ) -> Result<Option<PaymentReturn>, BillRefusal> {
        match &self.drafted {
            Some(drafted) if drafted.state == BillState::Issued && drafted.amounts.paid.is_positive() => {
                check_only_paid(drafted, bill)?;
                let (amount, effective_date) = (drafted.amounts.paid, date_of(drafted, date)?);
                Ok(Some(PaymentReturn { amount, effective_date }))
            }
            Some(_) | None => Ok(None),
        }
    }

    /// What a credit note over these lines takes off beyond what is open; all that was paid, if it is over the whole
    /// bill.
    pub fn returned_by_crediting(
        &self,
        bill: &BillId,
        lines: &NoteLines,
        date: StepDate,
    ) -> Result<Option<PaymentReturn>, BillRefusal> {
        let drafted = issued(self, bill, BillAction::Credit)?;
        let amounts = &drafted.amounts;
        let beyond = match lines {
            NoteLines::Whole => amounts.paid,
            NoteLines::Lines(_) | NoteLines::Exact(_) => {
                let note = sum_of_note(&amounts.clone().credit(bill, lines)?, amounts.currency())?;
                note.total.checked_sub(amounts.open()?)?
            }
        };
        if !beyond.is_positive() || amounts.paid.is_zero() {
            return Ok(None);
        }
        check_paid(amounts, bill, beyond)?;
        Ok(Some(PaymentReturn { amount: beyond, effective_date: date_of(drafted, date)? }))
    }
}

/// Accepts an amount up to what the wallet paid and did not get back.
pub(super) fn check_paid(amounts: &OpenBill, bill: &BillId, amount: Money) -> Result<(), BillRefusal> {
    let paid = amounts.paid;
    if paid.covers(amount)? {
        return Ok(());
    }
    Err(BillRefusal::AbovePaid { bill: bill.clone(), paid, requested: amount })
}
