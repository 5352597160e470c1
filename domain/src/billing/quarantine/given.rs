//! A quantity as a source tells it, which may be no quantity at all.

use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::QuarantineReason;
use crate::billing::pricing::Quantity;
use crate::text::{line, shown_as_written, text_type};

text_type!(
    /// What stood in place of a quantity: 1 to 100 characters.
    GivenText,
    |text| line(text, LONGEST)
);
shown_as_written!(GivenText);

const LONGEST: usize = 100;
const NOTHING: &str = "(nothing)";

/// What a source says was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenQuantity {
    /// One spelling for each number; of anything else, what can be shown of it.
    pub text: GivenText,
    /// Why it is none, if it is no quantity.
    pub quantity: Result<Quantity, QuarantineReason>,
}

impl GivenQuantity {
    /// Reads digits as people write them, and numbers as JSON does: `-1.2e3`.
    pub fn read(raw: &str) -> Self {
        let raw = raw.trim();
        let number: Option<Decimal> = if raw.contains(['e', 'E']) {
            Decimal::from_scientific(raw).ok()
        } else {
            Decimal::from_str_exact(raw).ok()
        };
        // Digits beyond what is kept exactly are no reason to believe the others.
        let Some(number) = number.map(|number| number.normalize()) else {
            let digits = raw.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
            let reason = match raw {
                "" => QuarantineReason::NotANumber,
                raw if digits && raw.starts_with('-') => QuarantineReason::Negative,
                _ if digits => QuarantineReason::OutOfRange,
                _ => QuarantineReason::NotANumber,
            };
            return Self { text: GivenText::cut(raw), quantity: Err(reason) };
        };
        let quantity = if number < Decimal::ZERO {
            Err(QuarantineReason::Negative)
        } else {
            Quantity::new(number).map_err(|_| QuarantineReason::OutOfRange)
        };
        Self { text: GivenText::cut(&number.to_string()), quantity }
    }
}

impl GivenText {
    /// What of a text can be shown.
    fn cut(raw: &str) -> Self {
        let shown: String = raw.chars().filter(|sign| !sign.is_control()).take(LONGEST).collect();
        let shown = shown.trim();
        Self(SmolStr::new(if shown.is_empty() { NOTHING } else { shown }))
    }
}
