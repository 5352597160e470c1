//! The difference between two calculations of the same days: line by line, tier by tier.

use serde::{Deserialize, Serialize};

use super::out_of_range;
use crate::billing::MonthRefusal;
use crate::billing::bill::{Amounts, BillPart, Stretch};
use crate::billing::pricing::{
    BilledBefore, ExactAmount, ItemCode, ItemName, Meter, PricedLine, Quantity, Quote, Rate, TaxOnSum,
    TierUsed, UnitPrice,
};
use crate::money::{Money, MoneyError};

/// What changed in a stretch of the month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartDifference {
    #[serde(flatten)]
    pub stretch: Stretch,
    /// Lines that are the same are told too.
    pub lines: Vec<LineDifference>,
    /// Without tax, as it was billed, all bills together.
    pub billed_subtotal: Money,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_rate: Option<Rate>,
    #[serde(flatten)]
    pub amounts: Amounts,
}

/// A line as it was billed, all bills together, and as it would be now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineDifference {
    pub code: ItemCode,
    pub name: ItemName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meter: Option<Meter>,
    /// A true-up may not have been needed.
    pub billed: Option<PricedLine>,
    /// Nor may it be now.
    pub now: Option<PricedLine>,
    pub tiers: Vec<TierDifference>,
    pub difference: Money,
}

/// What fell into a tier, and what does now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierDifference {
    pub from: Quantity,
    pub up_to: Option<Quantity>,
    pub unit_price: UnitPrice,
    pub billed_quantity: Quantity,
    pub quantity: Quantity,
    pub billed_amount: ExactAmount,
    pub amount: ExactAmount,
    pub difference: ExactAmount,
}

impl PartDifference {
    /// Still without tax, which is on the sum of what has the same rate.
    pub(super) fn between(stretch: &Stretch, billed: &Quote, now: &Quote) -> Result<Self, MonthRefusal> {
        let is_gone = |before: &&PricedLine| !now.lines.iter().any(|line| line.code == before.code);
        let pairs = now
            .lines
            .iter()
            .map(|line| (billed.lines.iter().find(|before| before.code == line.code), Some(line)));
        let gone = billed.lines.iter().filter(is_gone).map(|before| (Some(before), None));
        let lines = pairs.chain(gone).map(|(billed, now)| LineDifference::between(billed, now));
        let lines = lines.filter_map(Result::transpose).collect::<Result<_, _>>()?;
        let without_tax = |difference: Money| Amounts::new(difference, Money::zero(difference.currency()));
        let amounts = now.subtotal.checked_sub(billed.subtotal).and_then(without_tax);
        let amounts = amounts.map_err(|_: MoneyError| out_of_range())?;
        let (billed_subtotal, tax_rate) = (billed.subtotal, now.tax_rate);
        Ok(Self { stretch: stretch.clone(), lines, billed_subtotal, tax_rate, amounts })
    }

    /// Adds what the difference changes of the tax on what is owed in all.
    pub(super) fn tax(&mut self, sums: &mut TaxOnSum) -> Result<(), MonthRefusal> {
        let subtotal = self.amounts.subtotal;
        let tax = sums.add(self.tax_rate, subtotal)?;
        self.amounts = Amounts::new(subtotal, tax).map_err(|_: MoneyError| out_of_range())?;
        Ok(())
    }

    /// The part as a bill of the difference has it; `None` unless more is owed. Of each line that changed it has what
    /// it is now, and what of that was billed before.
    pub(super) fn owed_more(&self) -> Result<Option<BillPart>, MonthRefusal> {
        if !self.amounts.total.is_positive() {
            return Ok(None);
        }
        let changed = self.lines.iter().filter(|line| !line.difference.is_zero());
        let lines = changed.filter_map(|line| line.to_bill().transpose()).collect::<Result<_, _>>()?;
        let Amounts { subtotal, tax, total } = self.amounts;
        let Stretch { plan, plan_version, from, to } = self.stretch.clone();
        let quote = Quote { lines, subtotal, tax_rate: self.tax_rate, tax, total };
        Ok(Some(BillPart { plan, plan_version, from, to, quote }))
    }
}

impl LineDifference {
    /// `None` if there is no line on either side.
    fn between(billed: Option<&PricedLine>, now: Option<&PricedLine>) -> Result<Option<Self>, MonthRefusal> {
        let Some(known) = now.or(billed) else { return Ok(None) };
        let zero = Money::zero(known.amount.currency());
        let amount = |line: Option<&PricedLine>| line.map_or(zero, |line| line.amount);
        let difference = amount(now).checked_sub(amount(billed)).map_err(|_| out_of_range())?;
        Ok(Some(Self {
            code: known.code.clone(),
            name: known.name.clone(),
            meter: known.meter.clone(),
            billed: billed.cloned(),
            now: now.cloned(),
            tiers: tiers(billed, now).ok_or_else(out_of_range)?,
            difference,
        }))
    }

    fn to_bill(&self) -> Result<Option<PricedLine>, MonthRefusal> {
        let exact =
            |line: &Option<PricedLine>| line.as_ref().map_or(ExactAmount::ZERO, |line| line.exact_amount);
        let exact_amount = exact(&self.now).checked_sub(exact(&self.billed)).ok_or_else(out_of_range)?;
        let before = self.billed.clone().map(|line| BilledBefore {
            quantity: line.quantity,
            tiers: line.tiers,
            exact_amount: line.exact_amount,
            amount: line.amount,
        });
        let gone = self.billed.clone().map(|line| PricedLine {
            quantity: line.quantity.map(|_| Quantity::ZERO),
            tiers: Vec::new(),
            events: None,
            bounded_by: None,
            ..line
        });
        let line = self.now.clone().or(gone);
        Ok(line.map(|line| PricedLine {
            billed_before: before,
            exact_amount,
            amount: self.difference,
            ..line
        }))
    }
}

/// Every tier that was or is used; `None` if an amount has too many digits.
fn tiers(billed: Option<&PricedLine>, now: Option<&PricedLine>) -> Option<Vec<TierDifference>> {
    let used = |line: Option<&PricedLine>| line.map_or_else(Vec::new, |line| line.tiers.clone());
    let (billed, now) = (used(billed), used(now));
    let same = |one: &TierUsed, other: &TierUsed| {
        (one.from, one.up_to, one.unit_price) == (other.from, other.up_to, other.unit_price)
    };
    let gone = billed.iter().filter(|before| !now.iter().any(|tier| same(tier, before)));
    let mut all: Vec<&TierUsed> = now.iter().chain(gone).collect();
    all.sort_by_key(|tier| tier.from);
    let find = |among: &[TierUsed], tier: &TierUsed| {
        let found = among.iter().find(|other| same(other, tier));
        found.map_or((Quantity::ZERO, ExactAmount::ZERO), |tier| (tier.quantity, tier.amount))
    };
    let differences = all.into_iter().map(|tier| {
        let ((billed_quantity, billed_amount), (quantity, amount)) = (find(&billed, tier), find(&now, tier));
        Some(TierDifference {
            from: tier.from,
            up_to: tier.up_to,
            unit_price: tier.unit_price,
            billed_quantity,
            quantity,
            billed_amount,
            amount,
            difference: amount.checked_sub(billed_amount)?,
        })
    });
    differences.collect()
}
