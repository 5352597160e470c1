//! An amount with all its digits, as it is before it is rounded.
//!
//! A quantity and a price have up to twelve decimals each, their product 24, which `Decimal` would round without a
//! word. Here a number that does not fit is none. Must never drop a digit but where it says so: [`ExactAmount::share`].

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use super::decimal::{self, InvalidDecimal, written_as_text};
use crate::money::{Currency, Money};

/// An amount of the plan's currency: at most 38 digits, at most 24 of them after the point.
#[derive(Clone, Copy, Default)]
pub struct ExactAmount {
    digits: i128,
    scale: u32,
}

/// The most decimals: twelve of a quantity and twelve of a price.
const DECIMALS: u32 = 24;

/// 10^0 to 10^38.
const POWERS: [i128; 39] = {
    let mut powers = [1; 39];
    let mut index = 1;
    while index < powers.len() {
        powers[index] = powers[index - 1] * 10;
        index += 1;
    }
    powers
};

fn power(exponent: u32) -> Option<i128> {
    POWERS.get(usize::try_from(exponent).ok()?).copied()
}

impl ExactAmount {
    pub const ZERO: Self = Self { digits: 0, scale: 0 };

    /// The product of two numbers with at most twelve decimals each; `None` if it has more than 38 digits.
    pub(crate) fn product(one: Decimal, other: Decimal) -> Option<Self> {
        let digits = one.mantissa().checked_mul(other.mantissa())?;
        let scale = one.scale() + other.scale();
        Some(if digits == 0 { Self::ZERO } else { Self { digits, scale } })
    }

    /// `None` if the sum has more than 38 digits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let digits = self.digits_at(scale)?.checked_add(other.digits_at(scale)?)?;
        Some(Self { digits, scale })
    }

    /// `None` if the difference has more than 38 digits.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(Self { digits: other.digits.checked_neg()?, scale: other.scale })
    }

    /// `days / of` of the amount, cut after twelve decimals: it rounds half up to what the whole fraction rounds to,
    /// because cutting never lifts a number over a half nor drops one below it.
    pub(super) fn share(self, days: u32, of: u32) -> Option<Self> {
        const CUT: u32 = 12;
        let whole = self.digits.checked_mul(i128::from(days))?;
        let (digits, divisor) = match CUT.checked_sub(self.scale) {
            Some(more) => (whole.checked_mul(power(more)?)?, i128::from(of)),
            None => (whole, i128::from(of).checked_mul(power(self.scale - CUT)?)?),
        };
        Some(Self { digits: digits.checked_div(divisor)?, scale: CUT })
    }

    /// Rounded half up (away from zero) to the currency's minor units; `None` outside the bounds of money.
    pub fn round(self, currency: Currency) -> Option<Money> {
        let minor_units = currency.minor_units();
        let digits = match self.scale.checked_sub(minor_units) {
            None | Some(0) => self.digits_at(minor_units)?,
            Some(beyond) => {
                let unit = power(beyond)?;
                let (whole, rest) = (self.digits / unit, self.digits % unit);
                if rest.abs() * 2 >= unit { whole + rest.signum() } else { whole }
            }
        };
        Money::new(Decimal::try_from_i128_with_scale(digits, minor_units).ok()?, currency).ok()
    }

    /// The digits with `scale` of them after the point, which is not less than there are.
    fn digits_at(self, scale: u32) -> Option<i128> {
        self.digits.checked_mul(power(scale.checked_sub(self.scale)?)?)
    }

    /// Without zeros at its end.
    fn shortest(self) -> Self {
        let Self { mut digits, mut scale } = self;
        while scale > 0 && digits % 10 == 0 {
            digits /= 10;
            scale -= 1;
        }
        Self { digits, scale }
    }
}

/// A number with at most twelve decimals is exact as it is.
impl From<Decimal> for ExactAmount {
    fn from(number: Decimal) -> Self {
        Self { digits: number.mantissa(), scale: number.scale() }
    }
}

impl Ord for ExactAmount {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        match (self.digits_at(scale), other.digits_at(scale)) {
            (Some(one), Some(other)) => one.cmp(&other),
            // What does not fit into 38 digits is further from zero than what does.
            (None, _) => self.digits.cmp(&0),
            (_, None) => 0.cmp(&other.digits),
        }
    }
}

impl PartialOrd for ExactAmount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for ExactAmount {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for ExactAmount {}

impl fmt::Display for ExactAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { digits, scale } = self.shortest();
        let sign = if digits < 0 { "-" } else { "" };
        let Some(unit) = power(scale).filter(|unit| *unit > 1) else {
            return write!(f, "{digits}");
        };
        let (whole, rest) = (digits / unit, digits % unit);
        write!(f, "{sign}{}.{:0>width$}", whole.abs(), rest.abs(), width = scale as usize)
    }
}

impl FromStr for ExactAmount {
    type Err = InvalidDecimal;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let too_long = InvalidDecimal::OutOfRange { least: "-10^38", most: "10^38" };
        let (digits, scale) = decimal::read(text, DECIMALS)?.ok_or(too_long)?;
        Ok(Self { digits, scale })
    }
}

written_as_text!(ExactAmount);
