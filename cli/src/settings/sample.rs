//! How much of the read tables is checked at a time.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::Deserialize;

/// A share in percent, such as `1%`; none if it is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SampleSize {
    percent: Decimal,
}

impl SampleSize {
    pub const NONE: Self = Self { percent: Decimal::ZERO };

    /// One row in so many: as near as can be, and at least that share.
    pub fn one_in(self) -> Option<NonZeroU64> {
        let rows = Decimal::ONE_HUNDRED.checked_div(self.percent)?;
        u64::try_from(rows.floor()).ok().and_then(NonZeroU64::new)
    }
}

impl FromStr for SampleSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || "must be a share in percent, such as 1% or 0.1%; 0% checks none".to_owned();
        let percent: Decimal =
            text.strip_suffix('%').ok_or_else(refused)?.trim().parse().map_err(|_| refused())?;
        let least = Decimal::new(1, 4);
        let fits = percent.is_zero() || (least..=Decimal::ONE_HUNDRED).contains(&percent);
        if fits { Ok(Self { percent: percent.normalize() }) } else { Err(refused()) }
    }
}

impl TryFrom<String> for SampleSize {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for SampleSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_a_share_in_percent() {
        let one_in = |text: &str| text.parse::<SampleSize>().unwrap().one_in().map(NonZeroU64::get);
        assert_eq!(one_in("1%"), Some(100));
        assert_eq!(one_in("0.10 %"), Some(1000));
        assert_eq!(one_in("100%"), Some(1));
        assert_eq!(one_in("60%"), Some(1));
        assert_eq!(one_in("0%"), None);
        for wrong in ["1", "", "%", "-1%", "101%", "0.00001%", "a%"] {
            assert!(wrong.parse::<SampleSize>().is_err(), "{wrong}");
        }
        assert_eq!("0.10%".parse::<SampleSize>().unwrap().to_string(), "0.1%");
    }
}
