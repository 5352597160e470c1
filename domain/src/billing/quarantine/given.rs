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
        let number = match raw.split_once(['e', 'E']) {
            Some((digits, exponent)) => scaled(digits, exponent),
            None => Decimal::from_str_exact(raw).ok(),
        };
        // Digits beyond what is kept exactly are no reason to believe the others.
        let Some(number) = number.map(|number| number.normalize()) else {
            let reason = match raw {
                raw if !is_written_as_a_number(raw) => QuarantineReason::NotANumber,
                raw if raw.starts_with('-') => QuarantineReason::Negative,
                _ => QuarantineReason::OutOfRange,
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

/// As JSON writes numbers, however large.
fn is_written_as_a_number(raw: &str) -> bool {
    let (digits, exponent) = raw.split_once(['e', 'E']).unwrap_or((raw, "0"));
    let whole = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    let (before, after) = digits.split_once('.').unwrap_or((digits, "0"));
    whole(before) && whole(after) && whole(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))
}

/// Exactly, or not at all: `Decimal::from_scientific` rounds what it cannot keep.
fn scaled(digits: &str, exponent: &str) -> Option<Decimal> {
    let number = Decimal::from_str_exact(digits).ok()?.normalize();
    let exponent: i32 = exponent.parse().ok()?;
    let scale = i32::try_from(number.scale()).ok()?.checked_sub(exponent)?;
    if scale >= 0 {
        return Decimal::try_from_i128_with_scale(number.mantissa(), u32::try_from(scale).ok()?).ok();
    }
    let power = 10_i128.checked_pow(scale.unsigned_abs())?;
    Decimal::try_from_i128_with_scale(number.mantissa().checked_mul(power)?, 0).ok()
}

impl GivenText {
    /// What of a text can be shown.
    fn cut(raw: &str) -> Self {
        let shown: String = raw.chars().filter(|sign| !sign.is_control()).take(LONGEST).collect();
        let shown = shown.trim();
        Self(SmolStr::new(if shown.is_empty() { NOTHING } else { shown }))
    }
}
