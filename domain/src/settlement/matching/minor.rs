//! Amounts as whole numbers of the minor unit, in which a search adds and compares.

use rust_decimal::Decimal;

use crate::money::{Currency, Money, MoneyError};

/// Within ±10^15 major units of at most four decimals, so that sums of millions of them fit.
pub(super) type Minor = i128;

pub(super) fn minor(money: Money) -> Minor {
    money.amount().mantissa()
}

pub(super) fn major(minor: Minor, currency: Currency) -> Result<Money, MoneyError> {
    let scale = currency.minor_units();
    let amount = Decimal::try_from_i128_with_scale(minor, scale).map_err(|_| MoneyError::OutOfRange)?;
    Money::new(amount, currency)
}
