//! The number of an issued bill.

use smol_str::{SmolStr, format_smolstr};

use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// The year a bill was issued in and its number in that year, at least six digits: `2026-000042`.
    BillNumber,
    |text| if is_number(&text) { Ok(text) } else { Err(EXPECTED) }
);
shown_as_written!(BillNumber);

const EXPECTED: InvalidText = InvalidText::Malformed { expected: "2026-000042" };

impl BillNumber {
    pub fn new(year: i32, number: u64) -> Self {
        Self(format_smolstr!("{year:04}-{number:06}"))
    }
}

fn is_number(text: &SmolStr) -> bool {
    let Some((year, number)) = text.split_once('-') else { return false };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let counted = number.parse::<u64>().is_ok_and(|number| number > 0);
    year.len() == 4
        && digits(year)
        && digits(number)
        && counted
        && (number.len() == 6 || (number.len() > 6 && !number.starts_with('0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_spelling() {
        assert_eq!(BillNumber::new(2026, 42).as_str(), "2026-000042");
        assert_eq!(BillNumber::new(2026, 1_000_000).as_str(), "2026-1000000");
        for good in ["2026-000001", "2026-1234567"] {
            assert_eq!(good.parse::<BillNumber>().unwrap().as_str(), good);
        }
        for bad in ["2026-000000", "2026-42", "2026-0000042", "26-000042", "2026000042", "2026-00004x"] {
            assert!(bad.parse::<BillNumber>().is_err(), "{bad}");
        }
    }
}
