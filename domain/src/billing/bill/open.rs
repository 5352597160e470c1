//! What is left of a bill: as a whole, of each line, and of each part's tax.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Amounts, BillPart, BillRefusal, NoteLine, NoteLines, Stretch};
use crate::billing::BillId;
use crate::billing::pricing::{ItemCode, Rate};
use crate::ids::WriteOffId;
use crate::money::{Currency, Money, MoneyError};
use crate::settlement::write_off::{DifferenceReason, Leg, LegSource};
use crate::settlement::{AppliedLegs, BrokenLeg};

/// The amounts of a bill as its notes and payments have left them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenBill {
    /// As it was drafted, with what notes added and took away.
    pub owed: Amounts,
    /// What has been paid or given up of it.
    pub settled: Money,
    /// What of that the customer's wallet paid and did not get back.
    pub paid: Money,
    /// The legs of write-offs that settled a part of it, and stand.
    pub applied: AppliedLegs,
    /// What of them is a difference, by its reason: what nobody paid.
    pub differences: BTreeMap<DifferenceReason, Money>,
    pub lines: Vec<BilledLine>,
    pub parts: Vec<BilledPart>,
    /// Notes so far.
    pub notes: u32,
}

/// What cannot be if every event was decided by the rules.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error(transparent)]
    Refused(#[from] BillRefusal),
    #[error(transparent)]
    Leg(#[from] BrokenLeg),
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error("more is settled than is owed")]
    Overpaid,
}

/// A line of a bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledLine {
    pub code: ItemCode,
    /// What notes have left of it, without tax.
    pub left: Money,
    /// Which part it belongs to, from 0.
    pub(super) part: usize,
}

/// A part of a bill: its lines are taxed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledPart {
    pub stretch: Stretch,
    subtotal_left: Money,
    tax_left: Money,
    tax_rate: Option<Rate>,
}

impl OpenBill {
    pub(super) fn new(parts: &[BillPart], owed: Amounts) -> Self {
        let line = |(part, billed): (usize, &BillPart)| {
            let left = billed.quote.lines.iter().map(move |line| {
                let (code, left) = (line.code.clone(), line.amount);
                BilledLine { code, left, part }
            });
            left.collect::<Vec<_>>()
        };
        let part = |part: &BillPart| BilledPart {
            stretch: part.stretch(),
            subtotal_left: part.quote.subtotal,
            tax_left: part.quote.tax,
            tax_rate: part.quote.tax_rate,
        };
        Self {
            settled: Money::zero(owed.total.currency()),
            paid: Money::zero(owed.total.currency()),
            applied: AppliedLegs::default(),
            differences: BTreeMap::new(),
            lines: parts.iter().enumerate().flat_map(line).collect(),
            parts: parts.iter().map(part).collect(),
            notes: 0,
            owed,
        }
    }

    pub fn currency(&self) -> Currency {
        self.owed.total.currency()
    }

    /// What the customer still owes.
    pub fn open(&self) -> Result<Money, MoneyError> {
        self.owed.total.checked_sub(self.settled)
    }

    /// A part of the bill is given up.
    pub(super) fn give_up(&mut self, amount: Money) -> Result<(), MoneyError> {
        self.settled = self.settled.checked_add(amount)?;
        Ok(())
    }

    /// The wallet pays a part of the bill.
    pub(super) fn pay(&mut self, amount: Money) -> Result<(), MoneyError> {
        self.settled = self.settled.checked_add(amount)?;
        self.paid = self.paid.checked_add(amount)?;
        Ok(())
    }

    /// The wallet gets a part of what it paid back.
    pub(super) fn return_payment(&mut self, amount: Money) -> Result<(), MoneyError> {
        self.settled = self.settled.checked_sub(amount)?;
        self.paid = self.paid.checked_sub(amount)?;
        Ok(())
    }

    /// A leg of a write-off settles a part of the bill.
    pub(super) fn apply(&mut self, write_off: &WriteOffId, leg: &Leg) -> Result<(), Broken> {
        if !self.open()?.covers(leg.amount)? {
            return Err(Broken::Overpaid);
        }
        self.applied.add(write_off, leg.leg, leg.amount)?;
        self.differ(leg, |standing, amount| standing.checked_add(amount))?;
        Ok(self.give_up(leg.amount)?)
    }

    /// The leg is undone.
    pub(super) fn reopen(&mut self, write_off: &WriteOffId, leg: &Leg) -> Result<(), Broken> {
        self.applied.remove(write_off, leg.leg, leg.amount)?;
        self.differ(leg, |standing, amount| standing.checked_sub(amount))?;
        self.settled = self.settled.checked_sub(leg.amount)?;
        Ok(())
    }

    /// What stands of a difference becomes more or less, if the leg is one.
    fn differ(
        &mut self,
        leg: &Leg,
        change: impl Fn(Money, Money) -> Result<Money, MoneyError>,
    ) -> Result<(), MoneyError> {
        let LegSource::Difference(reason) = leg.source else { return Ok(()) };
        let zero = Money::zero(leg.amount.currency());
        let standing = self.differences.entry(reason).or_insert(zero);
        *standing = change(*standing, leg.amount)?;
        Ok(())
    }

    /// The lines for a stretch of the month: number, code, and what is left of it without tax.
    pub fn lines_of(&self, stretch: &Stretch) -> impl Iterator<Item = (u32, &ItemCode, Money)> {
        let part = self.parts.iter().position(|part| part.stretch == *stretch);
        let lines = (1..).zip(&self.lines).filter(move |(_, line)| Some(line.part) == part);
        lines.map(|(number, line)| (number, &line.code, line.left))
    }

    /// The part of the bill for a stretch of the month.
    pub fn part(&self, stretch: &Stretch) -> Option<&BilledPart> {
        self.parts.iter().find(|part| part.stretch == *stretch)
    }

    /// The lines of a credit note over what was asked for, taken off as they are found.
    pub(super) fn credit(&mut self, bill: &BillId, asked: &NoteLines) -> Result<Vec<NoteLine>, BillRefusal> {
        match asked {
            NoteLines::Whole if !self.settled.is_zero() => self.credit_open(bill),
            NoteLines::Whole => {
                let left = (1..).zip(&self.lines).map(|(number, line)| (number, line.left));
                let left: Vec<_> = left.filter(|(_, left)| !left.is_zero()).collect();
                left.into_iter().map(|(line, amount)| self.take_rest(bill, line, amount)).collect()
            }
            NoteLines::Lines(lines) => {
                lines.iter().map(|(line, amount)| self.take_off(bill, *line, *amount)).collect()
            }
            NoteLines::Exact(lines) => lines.iter().map(|line| self.take_exactly(bill, *line)).collect(),
        }
    }

    /// All of a line, which in a bill of late usage may be less than nothing.
    fn take_rest(&mut self, bill: &BillId, line: u32, amount: Money) -> Result<NoteLine, BillRefusal> {
        let (_, part) = self.parts_of(bill, line)?;
        let rest = part.tax_of(part.subtotal_left.checked_sub(amount)?)?;
        let note = NoteLine { line, amount, tax: part.tax_left.checked_sub(rest)? };
        self.take_in(bill, &[note], true)?;
        Ok(note)
    }

    fn take_off(&mut self, bill: &BillId, line: u32, amount: Money) -> Result<NoteLine, BillRefusal> {
        let part = self.check_left(bill, line, amount)?;
        let rest = part.subtotal_left.checked_sub(amount)?;
        let note = NoteLine { line, amount, tax: part.tax_off(rest)? };
        self.take_in(bill, &[note], true)?;
        Ok(note)
    }

    /// With its tax, which was calculated together with that of other bills. What a line became more counts against
    /// what others became less.
    fn take_exactly(&mut self, bill: &BillId, note: NoteLine) -> Result<NoteLine, BillRefusal> {
        if !note.amount.is_negative() {
            self.check_left(bill, note.line, note.amount)?;
        }
        self.take_in(bill, &[note], true)?;
        Ok(note)
    }

    /// Accepts an amount up to what is left of a line; the answer is the line's part.
    fn check_left(&self, bill: &BillId, line: u32, amount: Money) -> Result<BilledPart, BillRefusal> {
        let (billed, part) = self.parts_of(bill, line)?;
        check_amount(amount)?;
        if billed.left.covers(amount)? {
            return Ok(part.clone());
        }
        let (bill, left) = (bill.clone(), billed.left);
        Err(BillRefusal::AboveLine { bill, line, left, requested: amount })
    }

    /// The lines of a debit note.
    pub(super) fn debit(&self, bill: &BillId, asked: &NoteLines) -> Result<Vec<NoteLine>, BillRefusal> {
        let lines = match asked {
            NoteLines::Lines(lines) => lines,
            NoteLines::Whole | NoteLines::Exact(_) => {
                return Err(BillRefusal::LinesNeeded { bill: bill.clone() });
            }
        };
        let mut debited = self.clone();
        let notes = lines.iter().map(|(line, amount)| {
            let (_, part) = debited.parts_of(bill, *line)?;
            check_amount(*amount)?;
            let more = part.subtotal_left.checked_add(*amount)?;
            let tax = part.tax_on(more)?;
            let note = NoteLine { line: *line, amount: *amount, tax };
            debited.take_in(bill, &[note], false)?;
            Ok(note)
        });
        notes.collect()
    }

    /// Takes a note in, of which each line makes the bill less or more. A line the bill has not is refused.
    pub(super) fn take_in(
        &mut self,
        bill: &BillId,
        lines: &[NoteLine],
        less: bool,
    ) -> Result<(), BillRefusal> {
        let changed = |from: Money, by: Money| if less { from.checked_sub(by) } else { from.checked_add(by) };
        for NoteLine { line, amount, tax } in lines {
            let not_found = || BillRefusal::LineNotFound { bill: bill.clone(), line: *line };
            let at = usize::try_from(*line).ok().and_then(|line| line.checked_sub(1));
            let billed = at.and_then(|at| self.lines.get_mut(at)).ok_or_else(not_found)?;
            billed.left = changed(billed.left, *amount)?;
            let part = self.parts.get_mut(billed.part).ok_or_else(not_found)?;
            part.subtotal_left = changed(part.subtotal_left, *amount)?;
            part.tax_left = changed(part.tax_left, *tax)?;
            let note = Amounts::new(*amount, *tax)?;
            self.owed = if less { self.owed.checked_sub(note)? } else { self.owed.checked_add(note)? };
        }
        Ok(())
    }

    fn parts_of(&self, bill: &BillId, line: u32) -> Result<(&BilledLine, &BilledPart), BillRefusal> {
        let not_found = || BillRefusal::LineNotFound { bill: bill.clone(), line };
        let at = usize::try_from(line).ok().and_then(|line| line.checked_sub(1)).ok_or_else(not_found)?;
        let billed = self.lines.get(at).ok_or_else(not_found)?;
        let part = self.parts.get(billed.part).ok_or_else(not_found)?;
        Ok((billed, part))
    }
}

impl BilledPart {
    /// What notes have left of it, without tax.
    pub fn subtotal_left(&self) -> Money {
        self.subtotal_left
    }

    /// What notes have left of its tax.
    pub fn tax_left(&self) -> Money {
        self.tax_left
    }

    /// What of an amount with tax is without it.
    pub(super) fn without_tax(&self, gross: Money) -> Result<Money, MoneyError> {
        match self.tax_rate {
            Some(rate) => rate.taken_out_of(gross).ok_or(MoneyError::OutOfRange),
            None => Ok(gross),
        }
    }

    /// The tax of a note that takes so much of it.
    pub(in crate::billing) fn tax_credited_with(&self, subtotal: Money) -> Result<Money, MoneyError> {
        self.tax_off(self.subtotal_left.checked_sub(subtotal)?)
    }

    /// So much tax, or what notes have left of it, or none.
    pub(in crate::billing) fn at_most_its_tax(&self, tax: Money) -> Result<Money, MoneyError> {
        let zero = Money::zero(tax.currency());
        let tax = if self.tax_left.covers(tax)? { tax } else { self.tax_left };
        Ok(if tax.is_negative() { zero } else { tax })
    }

    /// The tax a credit note takes that leaves so much of the part. What is left of the tax is that of what is left of
    /// the subtotal: however a part is cut into notes, they agree to the cent.
    fn tax_off(&self, rest: Money) -> Result<Money, MoneyError> {
        let left = self.tax_of(rest)?;
        if self.tax_left.covers(left)? {
            self.tax_left.checked_sub(left)
        } else {
            Ok(Money::zero(rest.currency()))
        }
    }

    /// The tax a debit note adds that makes the part so much.
    fn tax_on(&self, more: Money) -> Result<Money, MoneyError> {
        let tax = self.tax_of(more)?;
        if tax.covers(self.tax_left)? {
            tax.checked_sub(self.tax_left)
        } else {
            Ok(Money::zero(more.currency()))
        }
    }

    pub(in crate::billing) fn tax_of(&self, subtotal: Money) -> Result<Money, MoneyError> {
        match self.tax_rate {
            Some(rate) => rate.of(subtotal).ok_or(MoneyError::OutOfRange),
            None => Ok(Money::zero(subtotal.currency())),
        }
    }
}

fn check_amount(amount: Money) -> Result<(), BillRefusal> {
    if amount.is_positive() { Ok(()) } else { Err(BillRefusal::AmountNotPositive { amount }) }
}

/// What the lines of a note come to.
pub(super) fn sum_of_note(lines: &[NoteLine], currency: Currency) -> Result<Amounts, MoneyError> {
    lines
        .iter()
        .try_fold(Amounts::zero(currency), |sum, line| sum.checked_add(Amounts::new(line.amount, line.tax)?))
}
