//! What a meter counted in a period.

use super::{Meter, PricingRefusal, Quantity};

/// One figure for the period, or each record by itself in the order of its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metered<'a> {
    Total(Quantity),
    /// What percentages are taken of: each event's amount.
    Events(&'a [Quantity]),
}

impl<'a> Metered<'a> {
    /// Nothing was used.
    pub const NONE: Self = Self::Events(&[]);

    pub(super) fn quantity(self, meter: &Meter) -> Result<Quantity, PricingRefusal> {
        match self {
            Self::Total(quantity) => Ok(quantity),
            Self::Events(amounts) => Quantity::sum(meter, amounts),
        }
    }

    /// The single events; `None` if only their total is known. Of nothing there are none.
    pub(super) fn events(self) -> Option<&'a [Quantity]> {
        match self {
            Self::Events(amounts) => Some(amounts),
            Self::Total(quantity) if quantity.is_zero() => Some(&[]),
            Self::Total(_) => None,
        }
    }
}
