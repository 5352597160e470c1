//! The tax of amounts that stand on one bill: it is taken of what has the same rate together, never of each amount alone.

use std::collections::BTreeMap;

use super::{PricingRefusal, Rate};
use crate::money::Money;

/// What there is at each rate so far.
#[derive(Debug, Default)]
pub struct TaxOnSum(BTreeMap<Rate, Money>);

impl TaxOnSum {
    /// Takes an amount in; the answer is by how much it changes the tax: the tax of the sum with it, less that without.
    ///
    /// So the tax of all amounts is that of their sum, rounded once; and no amount above nothing has less tax than
    /// nothing, however much rounding has given to those before it.
    pub fn add(&mut self, rate: Option<Rate>, amount: Money) -> Result<Money, PricingRefusal> {
        let zero = Money::zero(amount.currency());
        let Some(rate) = rate else { return Ok(zero) };
        let of = |amount: Money| rate.of(amount).ok_or(PricingRefusal::TotalOutOfRange);
        let sum = self.0.entry(rate).or_insert(zero);
        let before = of(*sum)?;
        *sum = sum.checked_add(amount).map_err(|_| PricingRefusal::TotalOutOfRange)?;
        of(*sum)?.checked_sub(before).map_err(|_| PricingRefusal::TotalOutOfRange)
    }
}
