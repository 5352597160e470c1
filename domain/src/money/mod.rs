//! Money: an amount in a currency, exact, bounded and checked.
//!
//! An amount has at most its currency's minor units and lies within ±10^15, so it can be added, stored and shown
//! without ever being rounded. Must never become a float, and must never be added without a check.

mod currency;
mod json;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;

use rust_decimal::Decimal;

pub use currency::Currency;

/// The largest amount in either direction, in the currency's major unit: 10^15.
pub const LIMIT: Decimal = Decimal::from_parts(0xA4C6_8000, 0x0003_8D7E, 0, false, 0);

/// An amount in a currency, kept with exactly the currency's minor units.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

/// Why something is not money, or two amounts do not make a third.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("an amount is written like \"-12.30\": digits, and after a point more digits")]
    Malformed,
    #[error("{currency} has {} decimals, the amount has more", currency.minor_units())]
    TooPrecise { currency: Currency },
    #[error("amounts must lie within ±10^15")]
    OutOfRange,
    #[error("expected an amount in {expected}, got one in {given}")]
    CurrencyMismatch { expected: Currency, given: Currency },
    #[error("{code:?} is not a currency of ISO 4217")]
    UnknownCurrency { code: String },
}

impl MoneyError {
    /// A stable word for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooPrecise { .. } => "too_precise",
            Self::OutOfRange => "out_of_range",
            Self::CurrencyMismatch { .. } => "currency_mismatch",
            Self::UnknownCurrency { .. } => "unknown_currency",
        }
    }
}

impl Money {
    /// Takes an amount of the major unit; zeros after the last minor unit are dropped, other digits are refused.
    pub fn new(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        if amount > LIMIT || amount < -LIMIT {
            return Err(MoneyError::OutOfRange);
        }
        if amount.is_zero() {
            return Ok(Self::zero(currency));
        }
        let mut exact = amount;
        exact.rescale(currency.minor_units());
        if exact != amount {
            return Err(MoneyError::TooPrecise { currency });
        }
        Ok(Self { amount: exact, currency })
    }

    pub fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::from_parts(0, 0, 0, false, currency.minor_units()), currency }
    }

    /// Reads an amount strictly: an optional `-`, digits, and optionally a point and more digits.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return Err(MoneyError::Malformed),
            Some(parts) => parts,
            None => (digits, ""),
        };
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
            return Err(MoneyError::Malformed);
        }
        let fraction = fraction.trim_end_matches('0');
        let whole = whole.trim_start_matches('0');
        let minor_units = currency.minor_units() as usize;
        if fraction.len() > minor_units {
            return Err(MoneyError::TooPrecise { currency });
        }
        if whole.len() > 16 {
            return Err(MoneyError::OutOfRange);
        }
        let zeros = std::iter::repeat_n(b'0', minor_units - fraction.len());
        let mut minor = whole
            .bytes()
            .chain(fraction.bytes())
            .chain(zeros)
            .fold(0_i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
        if negative {
            minor = -minor;
        }
        Self::new(Decimal::from_i128_with_scale(minor, currency.minor_units()), currency)
    }

    /// The amount in the major unit, with exactly the currency's minor units as decimals.
    pub fn amount(&self) -> Decimal {
        self.amount
    }

    pub fn currency(&self) -> Currency {
        self.currency
    }

    pub fn checked_add(&self, other: Money) -> Result<Money, MoneyError> {
        self.expect_same(other)?;
        let sum = self.amount.checked_add(other.amount).ok_or(MoneyError::OutOfRange)?;
        Self::new(sum, self.currency)
    }

    pub fn checked_sub(&self, other: Money) -> Result<Money, MoneyError> {
        self.checked_add(other.negate())
    }

    pub fn negate(&self) -> Money {
        if self.is_zero() { *self } else { Self { amount: -self.amount, currency: self.currency } }
    }

    pub fn is_positive(&self) -> bool {
        !self.is_zero() && self.amount.is_sign_positive()
    }

    pub fn is_negative(&self) -> bool {
        !self.is_zero() && self.amount.is_sign_negative()
    }

    pub fn is_zero(&self) -> bool {
        self.amount.is_zero()
    }

    /// Whether this is at least as much as the other, in the same currency.
    pub fn covers(&self, other: Money) -> Result<bool, MoneyError> {
        self.expect_same(other)?;
        Ok(self.amount >= other.amount)
    }

    fn expect_same(&self, other: Money) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(MoneyError::CurrencyMismatch { expected: self.currency, given: other.currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
