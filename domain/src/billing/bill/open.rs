//! What is left of a bill: as a whole, of each line, and of each part.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Amounts, BillPart, BillRefusal, NoteLine, NoteLines, Stretch, Taxed};
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

/// A part of a bill. What notes left of its tax says something only together with the other parts of its rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledPart {
    pub stretch: Stretch,
    pub(super) subtotal_left: Money,
    pub(super) tax_left: Money,
    pub(super) tax_rate: Option<Rate>,
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
            NoteLines::Whole => self.credit_rest(bill),
            NoteLines::Lines(lines) => {
                lines.iter().map(|(line, amount)| self.take_off(bill, *line, *amount)).collect()
            }
            NoteLines::Exact(lines) => lines.iter().map(|line| self.take_exactly(bill, *line)).collect(),
        }
    }

    /// All lines with all of the tax; at a rate where no line is left, what late usage has left of the tax.
    fn credit_rest(&mut self, bill: &BillId) -> Result<Vec<NoteLine>, BillRefusal> {
        let left = (1..).zip(&self.lines).map(|(number, line)| (number, line.left));
        let left: Vec<_> = left.filter(|(_, left)| !left.is_zero()).collect();
        let lines = left.into_iter().map(|(line, amount)| self.take_rest(bill, line, amount));
        let mut lines = lines.collect::<Result<Vec<_>, _>>()?;
        for rate in self.rates() {
            let tax = self.at_rate(rate)?.tax;
            if let Some(alone) = self.tax_alone(rate, tax).filter(|alone| !alone.tax.is_zero()) {
                self.take_in(bill, &[alone], true)?;
                lines.push(alone);
            }
        }
        Ok(lines)
    }

    /// All of a line, which in a bill of late usage may be less than nothing.
    fn take_rest(&mut self, bill: &BillId, line: u32, amount: Money) -> Result<NoteLine, BillRefusal> {
        let (_, taxed) = self.taxed(bill, line)?;
        let tax = if amount.is_negative() {
            taxed.tax.checked_sub(taxed.tax_of(taxed.subtotal.checked_sub(amount)?)?)?
        } else {
            taxed.tax_credited_with(amount)?
        };
        let note = NoteLine { line, amount, tax };
        self.take_in(bill, &[note], true)?;
        Ok(note)
    }

    fn take_off(&mut self, bill: &BillId, line: u32, amount: Money) -> Result<NoteLine, BillRefusal> {
        check_amount(amount)?;
        let taxed = self.check_left(bill, line, amount)?;
        self.check_left_of_part(bill, line, amount)?;
        let note = NoteLine { line, amount, tax: taxed.tax_credited_with(amount)? };
        self.take_in(bill, &[note], true)?;
        Ok(note)
    }

    /// With its tax, which was calculated together with that of other bills, and may be all of it. What a line became more
    /// counts against what others became less.
    fn take_exactly(&mut self, bill: &BillId, note: NoteLine) -> Result<NoteLine, BillRefusal> {
        if note.amount.is_positive() {
            self.check_left(bill, note.line, note.amount)?;
        }
        self.take_in(bill, &[note], true)?;
        Ok(note)
    }

    /// Accepts an amount up to what is left of a line; the answer is what it is taxed with.
    fn check_left(&self, bill: &BillId, line: u32, amount: Money) -> Result<Taxed, BillRefusal> {
        let (billed, taxed) = self.taxed(bill, line)?;
        if billed.left.covers(amount)? {
            return Ok(taxed);
        }
        let (bill, left) = (bill.clone(), billed.left);
        Err(BillRefusal::AboveLine { bill, line, left, requested: amount })
    }

    /// Accepts an amount up to what is left of the line's part: in a bill of late usage, lines that became less count
    /// against those that became more.
    fn check_left_of_part(&self, bill: &BillId, line: u32, amount: Money) -> Result<(), BillRefusal> {
        let (billed, _) = self.taxed(bill, line)?;
        let left = self.parts.get(billed.part).map_or(billed.left, BilledPart::subtotal_left);
        if left.covers(amount)? {
            return Ok(());
        }
        Err(BillRefusal::AboveLine { bill: bill.clone(), line, left, requested: amount })
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
            let (_, taxed) = debited.taxed(bill, *line)?;
            check_amount(*amount)?;
            let tax = taxed.tax_debited_with(*amount)?;
            let note = NoteLine { line: *line, amount: *amount, tax };
            debited.take_in(bill, &[note], false)?;
            Ok(note)
        });
        notes.collect()
    }

    /// Takes a note in, of which each line makes the bill less or more. A line the bill has not is refused.
    pub(in crate::billing) fn take_in(
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

    fn taxed(&self, bill: &BillId, line: u32) -> Result<(&BilledLine, Taxed), BillRefusal> {
        let not_found = || BillRefusal::LineNotFound { bill: bill.clone(), line };
        let at = usize::try_from(line).ok().and_then(|line| line.checked_sub(1)).ok_or_else(not_found)?;
        let billed = self.lines.get(at).ok_or_else(not_found)?;
        let rate = self.rate_of(billed.part).ok_or_else(not_found)?;
        Ok((billed, self.at_rate(rate)?))
    }
}

impl BilledPart {
    /// What notes have left of it, without tax.
    pub fn subtotal_left(&self) -> Money {
        self.subtotal_left
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
