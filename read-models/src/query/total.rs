//! A sum of amounts in one currency.
//!
//! Looks like money, but is not held to the bounds of a single amount: the turnover of years may pass 10^15.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use tallybook_domain::{Currency, Money};

use super::ReadError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    amount: Decimal,
    currency: Currency,
}

impl Total {
    pub fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::ZERO, currency }
    }

    pub fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    pub fn amount(&self) -> Decimal {
        self.amount
    }

    /// The amount with all digits of its currency: 0.00, never 0 or -0.00.
    pub fn written(&self) -> Decimal {
        let mut amount = self.amount;
        if amount.is_zero() {
            amount.set_sign_positive(true);
        }
        amount.rescale(self.currency.minor_units());
        amount
    }

    pub fn currency(&self) -> Currency {
        self.currency
    }

    pub fn is_zero(&self) -> bool {
        self.amount.is_zero()
    }

    /// The sum of two totals of one currency.
    pub(crate) fn plus(self, other: Self) -> Result<Self, ReadError> {
        self.combine(other, self.amount.checked_add(other.amount))
    }

    pub(crate) fn minus(self, other: Self) -> Result<Self, ReadError> {
        self.combine(other, self.amount.checked_sub(other.amount))
    }

    fn combine(self, other: Self, amount: Option<Decimal>) -> Result<Self, ReadError> {
        match amount {
            Some(amount) if self.currency == other.currency => Ok(Self { amount, currency: self.currency }),
            Some(_) | None => {
                Err(ReadError::Corrupt(format!("{self:?} and {other:?} do not add up to a number")))
            }
        }
    }
}

/// A number that is no amount, to so many decimals, and with all of them.
pub(crate) fn rounded(number: Decimal, decimals: u32) -> Decimal {
    let mut rounded = number.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(decimals);
    rounded
}

impl From<Money> for Total {
    fn from(money: Money) -> Self {
        Self { amount: money.amount(), currency: money.currency() }
    }
}

impl Serialize for Total {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Money", 2)?;
        fields.serialize_field("amount", &self.written().to_string())?;
        fields.serialize_field("currency", &self.currency)?;
        fields.end()
    }
}
