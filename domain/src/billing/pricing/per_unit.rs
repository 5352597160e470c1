//! `per_unit` (单层): every unit at one price.

use super::charge::Charge;
use super::{Quantity, Tier, UnitPrice};

pub(super) fn charge(unit_price: UnitPrice, units: Quantity) -> Option<Charge> {
    let all = Tier { up_to: None, unit_price, flat_fee: None };
    Charge::of_tiers(vec![all.charge(Quantity::ZERO, units, false)?])
}
