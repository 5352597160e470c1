//! The whole of what is left of a bill that is partly settled: from its last line back, until what is open is used up.
//!
//! What is open has its tax in it, so where it ends it is split by the rate (价税分离). Lines with the same rate are taken
//! together.

use super::{BillRefusal, NoteLine, OpenBill, Taxed};
use crate::billing::BillId;
use crate::billing::pricing::Rate;
use crate::money::{Money, MoneyError};

impl OpenBill {
    /// The lines of a credit note over exactly what is open, in their order.
    pub(super) fn credit_open(&mut self, bill: &BillId) -> Result<Vec<NoteLine>, BillRefusal> {
        let (mut rest, mut lines) = (self.open()?, Vec::new());
        for rate in self.rates().into_iter().rev() {
            let taxed = self.at_rate(rate)?;
            let left = taxed.subtotal.checked_add(taxed.tax)?;
            if !rest.is_positive() || !left.is_positive() {
                continue;
            }
            if rest.covers(left)? {
                let all: Vec<_> = self.lines_at(rate).filter(|(_, left)| !left.is_zero()).collect();
                lines.extend(match self.tax_alone(rate, taxed.tax).filter(|_| all.is_empty()) {
                    Some(alone) => vec![alone],
                    None => share_tax(&taxed, all, taxed.tax)?,
                });
                rest = rest.checked_sub(left)?;
            } else {
                let (subtotal, tax) = split(&taxed, rest)?;
                lines.extend(share_tax(&taxed, self.last_lines(rate, subtotal)?, tax)?);
                rest = Money::zero(rest.currency());
            }
        }
        lines.sort_by_key(|line| line.line);
        self.take_in(bill, &lines, true)?;
        Ok(lines)
    }

    /// Lines at a rate that come to so much, from the last back, but no more of a part than is left of it: in a bill of
    /// late usage, lines that became less count against those that became more.
    fn last_lines(&self, rate: Option<Rate>, subtotal: Money) -> Result<Vec<(u32, Money)>, MoneyError> {
        let (mut rest, mut lines) = (subtotal, Vec::new());
        for part in self.parts.iter().rev().filter(|part| part.tax_rate == rate) {
            let mut left_of_part = part.subtotal_left;
            let of_part: Vec<_> = self.lines_of(&part.stretch).collect();
            for (line, _, left) in of_part.into_iter().rev() {
                let amount = lesser(lesser(left, left_of_part)?, rest)?;
                if amount.is_positive() {
                    rest = rest.checked_sub(amount)?;
                    left_of_part = left_of_part.checked_sub(amount)?;
                    lines.push((line, amount));
                }
            }
        }
        Ok(lines)
    }
}

fn lesser(one: Money, other: Money) -> Result<Money, MoneyError> {
    Ok(if one.covers(other)? { other } else { one })
}

/// What of an amount with tax is without it, and the tax; neither above what is left.
fn split(taxed: &Taxed, gross: Money) -> Result<(Money, Money), MoneyError> {
    let subtotal = taxed.without_tax(gross)?;
    let subtotal = lesser(subtotal, taxed.subtotal)?;
    let tax = gross.checked_sub(subtotal)?;
    let tax = lesser(tax, taxed.tax)?;
    Ok((gross.checked_sub(tax)?, tax))
}

/// Each line with what it makes the tax of those before it more, the last one with what rounding has left: so none has
/// less tax than nothing, unless it is less than nothing itself.
pub(in crate::billing) fn share_tax(
    taxed: &Taxed,
    lines: Vec<(u32, Money)>,
    tax: Money,
) -> Result<Vec<NoteLine>, MoneyError> {
    let zero = Money::zero(tax.currency());
    let (mut sum, mut given, mut shared) = (zero, zero, Vec::with_capacity(lines.len()));
    let last = lines.len().saturating_sub(1);
    for (at, (line, amount)) in lines.into_iter().enumerate() {
        sum = sum.checked_add(amount)?;
        let of_sum = taxed.tax_of(sum)?;
        let until = if at < last && tax.covers(of_sum)? { of_sum } else { tax };
        shared.push(NoteLine { line, amount, tax: until.checked_sub(given)? });
        given = until;
    }
    Ok(shared)
}
