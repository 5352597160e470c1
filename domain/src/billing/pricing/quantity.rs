//! How much was used.

use super::Meter;
use super::decimal::{InvalidDecimal, decimal_type};
use super::refusal::PricingRefusal;
use crate::money::LIMIT;

decimal_type!(
    /// Units of a meter: 0 to 10^15, at most twelve decimals. Of a meter that counts money, an amount.
    Quantity,
    LIMIT,
    "10^15"
);

impl Quantity {
    /// What is left when the other is taken away; nothing, if the other is more.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        if self <= other { Self::ZERO } else { Self(self.0.saturating_sub(other.0).normalize()) }
    }

    /// Both together; refused above 10^15.
    pub fn plus(self, other: Self) -> Result<Self, InvalidDecimal> {
        Self::new(self.0.checked_add(other.0).ok_or(Self::RANGE)?)
    }

    /// The sum of what was used at different times; refused above 10^15.
    pub fn sum(meter: &Meter, quantities: &[Self]) -> Result<Self, PricingRefusal> {
        let refused = || PricingRefusal::QuantityOutOfRange { meter: meter.clone() };
        let mut sum = Self::ZERO.0;
        for Self(quantity) in quantities {
            // Both have at most twelve decimals and sixteen digits before the point: the sum is exact.
            sum = sum.checked_add(*quantity).filter(|sum| *sum <= LIMIT).ok_or_else(refused)?;
        }
        Ok(Self(sum.normalize()))
    }
}
