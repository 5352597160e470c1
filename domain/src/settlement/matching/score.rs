//! How sure a proposal is.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::text::InvalidText;

/// From 0.00 to 1.00, in hundredths, written as a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct Score(u8);

const EXPECTED: InvalidText = InvalidText::Malformed { expected: "0.95 (from 0.00 to 1.00)" };

impl Score {
    pub const FULL: Self = Self(100);

    pub(super) const fn four_fifths() -> Self {
        Self(80)
    }

    /// What is below nothing is nothing, what is above the whole is the whole.
    pub fn clamped(hundredths: i32) -> Self {
        Self(u8::try_from(hundredths.clamp(0, 100)).unwrap_or(0))
    }

    pub fn hundredths(self) -> u8 {
        self.0
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl std::str::FromStr for Score {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() != 1 || fraction.len() > 2 || !digits(whole) || !digits(fraction) {
            return Err(EXPECTED);
        }
        match format!("{whole}{fraction:0<2}").parse() {
            Ok(hundredths @ 0..=100) => Ok(Self(hundredths)),
            Ok(101..) | Err(_) => Err(EXPECTED),
        }
    }
}

impl TryFrom<SmolStr> for Score {
    type Error = InvalidText;

    fn try_from(text: SmolStr) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Score> for SmolStr {
    fn from(score: Score) -> Self {
        format_smolstr!("{score}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_has_two_decimals_and_at_most_one_whole() {
        for (text, hundredths) in [("0", 0), ("0.9", 90), ("0.93", 93), ("1", 100), ("1.00", 100)] {
            assert_eq!(text.parse::<Score>().unwrap().hundredths(), hundredths, "{text}");
        }
        for bad in ["", ".5", "1.01", "2", "0.935", "-0.1", "0.", "0,9", "1e0"] {
            assert_eq!(bad.parse::<Score>(), Err(EXPECTED), "{bad}");
        }
        assert_eq!(Score(7).to_string(), "0.07");
    }
}
