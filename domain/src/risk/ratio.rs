//! How many times one amount is another.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::money::Money;
use crate::text::InvalidText;

/// From 0 to 99999, at most four decimals, written as a text: `0.95` is 95 %, `5` is five times as much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct Ratio(Decimal);

const EXPECTED: InvalidText = InvalidText::Malformed { expected: "0.95 (from 0 to 99999)" };

impl Ratio {
    pub(super) fn percent(percent: u32) -> Self {
        Self(Decimal::new(i64::from(percent), 2).normalize())
    }

    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// So many times this amount: at most 10^20, which a decimal holds with its decimals.
    pub(super) fn times(self, amount: Money) -> Decimal {
        self.0.checked_mul(amount.amount()).unwrap_or(Decimal::MAX)
    }
}

impl std::fmt::Display for Ratio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Ratio {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str, most: usize| {
            (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(whole, 5) || !digits(fraction, 4) {
            return Err(EXPECTED);
        }
        text.parse::<Decimal>().map(|ratio| Self(ratio.normalize())).map_err(|_| EXPECTED)
    }
}

impl TryFrom<SmolStr> for Ratio {
    type Error = InvalidText;

    fn try_from(text: SmolStr) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Ratio> for SmolStr {
    fn from(ratio: Ratio) -> Self {
        format_smolstr!("{ratio}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_has_one_spelling() {
        for (text, spelled) in [("0.95", "0.95"), ("0.9500", "0.95"), ("5", "5"), ("5.0", "5"), ("0", "0")] {
            assert_eq!(text.parse::<Ratio>().unwrap().to_string(), spelled, "{text}");
        }
        for bad in ["", ".5", "-1", "100000", "0.12345", "1.", "1e3", "0,9"] {
            assert_eq!(bad.parse::<Ratio>(), Err(EXPECTED), "{bad}");
        }
        assert_eq!(Ratio::percent(95), "0.95".parse().unwrap());
    }
}
