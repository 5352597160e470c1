//! The tax of what late usage credits: at each rate that of the sum, over all bills of the month together.

use super::PartDifference;
use super::credits::StandingBill;
use crate::billing::bill::{NoteLine, Taxed, share_tax};
use crate::billing::pricing::Rate;
use crate::money::{Money, MoneyError};

/// Lines that are credited on each of the standing bills, without tax.
pub(super) type CreditedLines = Vec<Vec<(u32, Money)>>;

/// A tax rate of the month, and what is credited at it.
pub(super) struct CreditedTax<'a> {
    rate: Option<Rate>,
    /// The tax of all of it; `None` if hand-made notes have left another.
    tax: Option<Money>,
    standing: &'a [StandingBill<'a>],
}

impl<'a> CreditedTax<'a> {
    /// At each rate of the month's parts.
    pub(super) fn at_rates(
        parts: &[PartDifference],
        by_hand: &[Option<Rate>],
        standing: &'a [StandingBill<'a>],
    ) -> Result<Vec<Self>, MoneyError> {
        let mut rates: Vec<Option<Rate>> = Vec::new();
        for part in parts {
            if !rates.contains(&part.tax_rate) {
                rates.push(part.tax_rate);
            }
        }
        let of_rate = |rate: Option<Rate>| {
            let less =
                parts.iter().filter(|part| part.tax_rate == rate && part.amounts.subtotal.is_negative());
            let mut taxes = less.map(|part| part.amounts.tax.negate());
            let Some(first) = taxes.next() else { return Ok(None) };
            let tax = taxes.try_fold(first, |sum, tax| sum.checked_add(tax))?;
            Ok(Some(Self { rate, tax: (!by_hand.contains(&rate)).then_some(tax), standing }))
        };
        rates.into_iter().filter_map(|rate| of_rate(rate).transpose()).collect()
    }

    /// The lines of a note for each of the bills.
    pub(super) fn notes(&self, credited: &CreditedLines) -> Result<Vec<Vec<NoteLine>>, MoneyError> {
        let bills = self.standing.iter().zip(credited).map(|(standing, lines)| {
            let numbers: Vec<u32> = standing.amounts.lines_at(self.rate).map(|(line, _)| line).collect();
            let lines: Vec<_> = lines.iter().copied().filter(|(line, _)| numbers.contains(line)).collect();
            OneBill::of(standing, self.rate, lines)
        });
        let mut bills = bills.collect::<Result<Vec<_>, _>>()?;
        if let Some(tax) = self.tax.filter(|_| bills.iter().any(|bill| !bill.is_emptied)) {
            self.make_up(tax, &mut bills)?;
        }
        let notes = bills.into_iter().zip(self.standing).map(|(bill, standing)| {
            if bill.lines.is_empty() {
                let alone = standing.amounts.tax_alone(self.rate, bill.tax);
                return Ok(alone.into_iter().filter(|alone| !alone.tax.is_zero()).collect());
            }
            share_tax(&bill.taxed, bill.lines, bill.tax)
        });
        notes.collect()
    }

    /// What rounding bill by bill has given or taken too much: from bills of which something is left, of those first that
    /// are credited anyway.
    fn make_up(&self, tax: Money, bills: &mut [OneBill]) -> Result<(), MoneyError> {
        let mut rest = bills.iter().try_fold(tax, |rest, bill| rest.checked_sub(bill.tax))?;
        let mut order: Vec<&mut OneBill> = bills.iter_mut().collect();
        order.sort_by_key(|bill| (bill.is_emptied, bill.lines.is_empty()));
        for bill in order {
            let tax = bill.taxed.at_most_its_tax(bill.tax.checked_add(rest)?)?;
            let tax = if bill.lines.is_empty() && !bill.open.covers(tax)? { bill.open } else { tax };
            rest = rest.checked_add(bill.tax)?.checked_sub(tax)?;
            bill.tax = tax;
        }
        Ok(())
    }
}

/// What is credited of a bill at the rate.
struct OneBill {
    taxed: Taxed,
    /// What the customer still owes of the bill.
    open: Money,
    lines: Vec<(u32, Money)>,
    tax: Money,
    /// No line of it has anything left.
    is_emptied: bool,
}

impl OneBill {
    fn of(
        standing: &StandingBill<'_>,
        rate: Option<Rate>,
        lines: Vec<(u32, Money)>,
    ) -> Result<Self, MoneyError> {
        let (taxed, open) = (standing.amounts.at_rate(rate)?, standing.amounts.open()?);
        let zero = Money::zero(open.currency());
        let amount = lines.iter().try_fold(zero, |sum, (_, amount)| sum.checked_add(*amount))?;
        let tax = if amount.is_zero() { zero } else { taxed.tax_credited_with(amount)? };
        Ok(Self { is_emptied: taxed.subtotal == amount, taxed, open, lines, tax })
    }
}
