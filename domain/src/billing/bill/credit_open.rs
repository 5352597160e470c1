//! The whole of what is left of a bill that is partly settled: from its last line back, until what is open is used up.
//!
//! What is open has its tax in it, so where it ends within a part it is split by the part's rate (价税分离).

use super::{BillRefusal, BilledPart, NoteLine, OpenBill};
use crate::billing::BillId;
use crate::money::{Money, MoneyError};

impl OpenBill {
    /// The lines of a credit note over exactly what is open, in their order.
    pub(super) fn credit_open(&mut self, bill: &BillId) -> Result<Vec<NoteLine>, BillRefusal> {
        let (mut rest, mut lines) = (self.open()?, Vec::new());
        for (at, part) in self.parts.iter().enumerate().rev() {
            let left = part.subtotal_left().checked_add(part.tax_left())?;
            if !rest.is_positive() || !left.is_positive() {
                continue;
            }
            if rest.covers(left)? {
                let all = self.lines_at(at).filter(|(_, left)| !left.is_zero()).collect();
                lines.extend(share_tax(part, all, part.tax_left())?);
                rest = rest.checked_sub(left)?;
            } else {
                let (subtotal, tax) = split(part, rest)?;
                lines.extend(share_tax(part, self.last_lines(at, subtotal)?, tax)?);
                rest = Money::zero(rest.currency());
            }
        }
        lines.sort_by_key(|line| line.line);
        self.take_in(bill, &lines, true)?;
        Ok(lines)
    }

    fn lines_at(&self, part: usize) -> impl DoubleEndedIterator<Item = (u32, Money)> {
        let lines = self.lines.iter().enumerate().filter(move |(_, line)| line.part == part);
        lines.filter_map(|(at, line)| Some((u32::try_from(at).ok()?.checked_add(1)?, line.left)))
    }

    /// Lines of a part that come to so much, from the last back.
    fn last_lines(&self, part: usize, subtotal: Money) -> Result<Vec<(u32, Money)>, MoneyError> {
        let (mut rest, mut lines) = (subtotal, Vec::new());
        for (line, left) in self.lines_at(part).rev().filter(|(_, left)| left.is_positive()) {
            let amount = if rest.covers(left)? { left } else { rest };
            rest = rest.checked_sub(amount)?;
            lines.push((line, amount));
        }
        lines.retain(|(_, amount)| !amount.is_zero());
        Ok(lines)
    }
}

/// What of an amount with tax is without it, and the tax; neither above what is left of the part.
fn split(part: &BilledPart, gross: Money) -> Result<(Money, Money), MoneyError> {
    let subtotal = part.without_tax(gross)?;
    let subtotal = if part.subtotal_left().covers(subtotal)? { subtotal } else { part.subtotal_left() };
    let tax = gross.checked_sub(subtotal)?;
    let tax = if part.tax_left().covers(tax)? { tax } else { part.tax_left() };
    Ok((gross.checked_sub(tax)?, tax))
}

/// Each line with its own tax, the last one with what rounding has left.
pub(in crate::billing) fn share_tax(
    part: &BilledPart,
    lines: Vec<(u32, Money)>,
    tax: Money,
) -> Result<Vec<NoteLine>, MoneyError> {
    let (mut rest, mut shared) = (tax, Vec::with_capacity(lines.len()));
    let last = lines.len().saturating_sub(1);
    for (at, (line, amount)) in lines.into_iter().enumerate() {
        let tax = if at == last { rest } else { part.tax_of(amount)? };
        rest = rest.checked_sub(tax)?;
        shared.push(NoteLine { line, amount, tax });
    }
    Ok(shared)
}
