//! `package`: whole packages of so many units; one that is begun counts.

use super::charge::Charge;
use super::{Quantity, UnitPrice, per_unit};

pub(super) fn charge(size: Quantity, price: UnitPrice, units: Quantity) -> Option<Charge> {
    per_unit::charge(price, packages(size, units)?)
}

/// How many are begun; `None` if that is more than a quantity can be.
fn packages(size: Quantity, units: Quantity) -> Option<Quantity> {
    let scale = size.value().scale().max(units.value().scale());
    let whole = |quantity: Quantity| {
        let missing = scale.checked_sub(quantity.value().scale())?;
        quantity.value().mantissa().checked_mul(10_i128.checked_pow(missing)?)
    };
    let (size, units) = (whole(size)?, whole(units)?);
    let begun = units.checked_div(size)? + i128::from(units.checked_rem(size)? > 0);
    Quantity::new(rust_decimal::Decimal::try_from_i128_with_scale(begun, 0).ok()?).ok()
}
