//! Which account numbers are IBANs (ISO 13616): by their form and their check digits.

/// Without spaces, if it is one.
pub(super) fn iban(number: &str) -> Option<String> {
    let number: String = number.chars().filter(|sign| !sign.is_whitespace()).collect();
    let bytes = number.as_bytes();
    let form = (15..=34).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit);
    (form && remainder(bytes) == 1).then_some(number)
}

/// Of the number by 97, its first four characters put last and letters read as 10 to 35 (ISO/IEC 7064, MOD 97-10).
fn remainder(bytes: &[u8]) -> u32 {
    let (head, tail) = bytes.split_at(4);
    tail.iter().chain(head).fold(0, |sum, byte| match char::from(*byte).to_digit(36) {
        Some(digit) if digit < 10 => (sum * 10 + digit) % 97,
        Some(letter) => (sum * 100 + letter) % 97,
        None => sum,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the SWIFT registry.
    #[test]
    fn an_iban_is_known_by_its_check_digits() {
        for good in ["DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19", "FR1420041010050500013M02606"] {
            assert!(iban(good).is_some_and(|iban| !iban.contains(' ')), "{good}");
        }
        for other in ["DE89370400440532013001", "6222021234567890123", "de89370400440532013000", "DE89", ""] {
            assert_eq!(iban(other), None, "{other}");
        }
    }
}
