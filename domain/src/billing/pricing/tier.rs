//! A step of a price: up to where it goes, and what its units cost.

use serde::{Deserialize, Serialize};

use super::charge::TierUsed;
use super::fault::Faults;
use super::{ExactAmount, Fee, MOST_TIERS, Quantity, UnitPrice};
use crate::money::Currency;

/// Holds from the end of the tier before it up to and including `up_to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// The last tier, and it alone, has no end.
    pub up_to: Option<Quantity>,
    pub unit_price: UnitPrice,
    /// Charged once when the tier is entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flat_fee: Option<Fee>,
}

impl Tier {
    /// What `quantity` units in this tier cost; `None` if that has too many digits.
    pub(super) fn charge(self, from: Quantity, quantity: Quantity, with_fee: bool) -> Option<TierUsed> {
        let flat_fee = self.flat_fee.filter(|_| with_fee);
        let units = ExactAmount::product(quantity.value(), self.unit_price.value())?;
        let amount = match flat_fee {
            Some(fee) => units.checked_add(fee.value().into())?,
            None => units,
        };
        let Self { up_to, unit_price, flat_fee: _ } = self;
        Some(TierUsed { from, up_to, quantity, unit_price, flat_fee, amount })
    }
}

/// Tiers rise, and only the last goes on for ever.
pub(super) fn check(tiers: &[Tier], currency: Option<Currency>, faults: &mut Faults<'_>) {
    if tiers.is_empty() {
        return faults.add("/tiers", "empty", "must have at least one tier");
    }
    if tiers.len() > MOST_TIERS {
        return faults.add("/tiers", "too_long", format!("must have at most {MOST_TIERS} tiers"));
    }
    let mut end = Quantity::ZERO;
    for (at, tier) in tiers.iter().enumerate() {
        let place = format!("/tiers/{at}/up_to");
        match tier.up_to {
            None if at + 1 < tiers.len() => {
                faults.add(&place, "missing", "is needed: only the last tier has no end");
            }
            Some(_) if at + 1 == tiers.len() => {
                faults.add(&place, "not_last", "must be null: the last tier has no end");
            }
            Some(up_to) if up_to <= end => {
                faults.add(&place, "not_rising", format!("must be more than {end}, where the tier begins"));
            }
            Some(up_to) => end = up_to,
            None => {}
        }
        faults.check_fee(&format!("/tiers/{at}/flat_fee"), tier.flat_fee, currency);
    }
}
