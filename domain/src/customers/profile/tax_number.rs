//! 统一社会信用代码, the number under which China knows a company, also to the tax office.
//!
//! Source: GB 32100-2015. 18 characters of 31 (digits and capital letters without I, O, S, V, Z): registering
//! department, kind, six digits of the place, nine of the organisation, and a check character. The weight of place i is
//! 3^(i-1) mod 31; the check character brings the weighted sum to a multiple of 31.

use smol_str::SmolStr;

use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// A unified social credit code whose check character is right, such as `91350100M000100Y43`.
    TaxNumber,
    check
);
shown_as_written!(TaxNumber);

const CHARACTERS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const LENGTH: usize = 18;
const EXPECTED: InvalidText =
    InvalidText::Malformed { expected: "91350100M000100Y43 (18 digits and capital letters)" };

fn check(text: SmolStr) -> Result<SmolStr, InvalidText> {
    let trimmed = text.trim();
    let place = trimmed.bytes().skip(2).take(6);
    if trimmed.len() != LENGTH || !place.into_iter().all(|digit| digit.is_ascii_digit()) {
        return Err(EXPECTED);
    }
    let (mut sum, mut weight) = (0, 1);
    for (at, character) in trimmed.bytes().enumerate() {
        let value = CHARACTERS.iter().position(|known| *known == character).ok_or(EXPECTED)?;
        // The check character itself counts once.
        let last = at + 1 == LENGTH;
        sum = (sum + value * if last { 1 } else { weight }) % 31;
        weight = weight * 3 % 31;
    }
    if sum == 0 { Ok(SmolStr::new(trimmed)) } else { Err(InvalidText::WrongCheckDigit) }
}
