//! `graduated` (多层, 阶梯): each tier's units at its own price, plus the flat fee of each tier that is entered.

use super::charge::Charge;
use super::{Quantity, Tier};

/// The first tier is entered even by nothing; `with_fee` says whether its flat fee is charged then.
pub(super) fn charge(tiers: &[Tier], units: Quantity, with_fee: bool) -> Option<Charge> {
    let mut used = Vec::with_capacity(tiers.len());
    let mut from = Quantity::ZERO;
    for tier in tiers {
        let reached = tier.up_to.map_or(units, |up_to| units.min(up_to));
        used.push(tier.charge(from, reached.less(from), with_fee)?);
        match tier.up_to {
            Some(up_to) if units > up_to => from = up_to,
            Some(_) | None => break,
        }
    }
    Charge::of_tiers(used)
}
