//! `volume`: all units at the price of the tier they fall into, plus that tier's flat fee.

use super::charge::Charge;
use super::{Quantity, Tier};

/// Nothing falls into the first tier; `with_fee` says whether its flat fee is charged then.
pub(super) fn charge(tiers: &[Tier], units: Quantity, with_fee: bool) -> Option<Charge> {
    let mut from = Quantity::ZERO;
    for tier in tiers {
        match tier.up_to {
            Some(up_to) if units > up_to => from = up_to,
            Some(_) | None => return Charge::of_tiers(vec![tier.charge(from, units, with_fee)?]),
        }
    }
    // Terms end with a tier without end, so every quantity falls into one.
    None
}
