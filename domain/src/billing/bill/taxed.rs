//! What is left of all parts of a bill with one tax rate: they are taxed together.

use super::{NoteLine, OpenBill};
use crate::billing::pricing::Rate;
use crate::money::{Money, MoneyError};

/// What notes have left of what is taxed at a rate, and of its tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taxed {
    pub rate: Option<Rate>,
    pub subtotal: Money,
    pub tax: Money,
}

impl OpenBill {
    /// What is left at a rate.
    pub(in crate::billing) fn at_rate(&self, rate: Option<Rate>) -> Result<Taxed, MoneyError> {
        let zero = Money::zero(self.currency());
        let mut parts = self.parts.iter().filter(|part| part.tax_rate == rate);
        parts.try_fold(Taxed { rate, subtotal: zero, tax: zero }, |sum, part| {
            let subtotal = sum.subtotal.checked_add(part.subtotal_left)?;
            Ok(Taxed { rate, subtotal, tax: sum.tax.checked_add(part.tax_left)? })
        })
    }

    /// The rates of the bill, in the order of its parts.
    pub(super) fn rates(&self) -> Vec<Option<Rate>> {
        let mut rates = Vec::new();
        for part in &self.parts {
            if !rates.contains(&part.tax_rate) {
                rates.push(part.tax_rate);
            }
        }
        rates
    }

    /// The lines at a rate: number, and what is left of it without tax.
    pub(in crate::billing) fn lines_at(
        &self,
        rate: Option<Rate>,
    ) -> impl DoubleEndedIterator<Item = (u32, Money)> {
        let lines = self.lines.iter().enumerate();
        let lines = lines.filter(move |(_, line)| self.rate_of(line.part) == Some(rate));
        lines.filter_map(|(at, line)| Some((u32::try_from(at).ok()?.checked_add(1)?, line.left)))
    }

    /// So much of the tax at a rate and nothing else, on its first line.
    pub(in crate::billing) fn tax_alone(&self, rate: Option<Rate>, tax: Money) -> Option<NoteLine> {
        let (line, _) = self.lines_at(rate).next()?;
        Some(NoteLine { line, amount: Money::zero(tax.currency()), tax })
    }

    pub(super) fn rate_of(&self, part: usize) -> Option<Option<Rate>> {
        self.parts.get(part).map(|part| part.tax_rate)
    }
}

impl Taxed {
    /// What of an amount with tax is without it.
    pub(super) fn without_tax(&self, gross: Money) -> Result<Money, MoneyError> {
        match self.rate {
            Some(rate) => rate.taken_out_of(gross).ok_or(MoneyError::OutOfRange),
            None => Ok(gross),
        }
    }

    /// The tax of a note that takes so much, without tax. What is left of the tax is that of what is left of the
    /// subtotal: however a bill is cut into notes, they agree to the cent.
    pub(in crate::billing) fn tax_credited_with(&self, amount: Money) -> Result<Money, MoneyError> {
        let left = self.tax_of(self.subtotal.checked_sub(amount)?)?;
        if self.tax.covers(left)? { self.tax.checked_sub(left) } else { Ok(Money::zero(left.currency())) }
    }

    /// The tax a debit note adds that adds so much without tax.
    pub(super) fn tax_debited_with(&self, amount: Money) -> Result<Money, MoneyError> {
        let tax = self.tax_of(self.subtotal.checked_add(amount)?)?;
        if tax.covers(self.tax)? { tax.checked_sub(self.tax) } else { Ok(Money::zero(tax.currency())) }
    }

    /// So much tax, or what notes have left of it, or none.
    pub(in crate::billing) fn at_most_its_tax(&self, tax: Money) -> Result<Money, MoneyError> {
        let zero = Money::zero(tax.currency());
        let tax = if self.tax.covers(tax)? { tax } else { self.tax };
        Ok(if tax.is_negative() { zero } else { tax })
    }

    pub(in crate::billing) fn tax_of(&self, subtotal: Money) -> Result<Money, MoneyError> {
        match self.rate {
            Some(rate) => rate.of(subtotal).ok_or(MoneyError::OutOfRange),
            None => Ok(Money::zero(subtotal.currency())),
        }
    }
}
