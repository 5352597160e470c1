//! By what an account that money goes to is known again.

use sha2::{Digest, Sha256};
use smol_str::SmolStr;

use crate::base32::{is_spelled, spelled};
use crate::deposits::AccountNumber;
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// An account, whoever's it is: `P` and 26 characters that follow from its number alone. The number cannot be
    /// read off it, but who has the number can find it.
    PayeeId,
    |text: SmolStr| if is_spelled(&text, 'P', CHARACTERS) { Ok(text) } else { Err(EXPECTED) }
);
shown_as_written!(PayeeId);

const CHARACTERS: usize = 26;
const EXPECTED: InvalidText = InvalidText::Malformed { expected: "P and 26 characters" };

impl PayeeId {
    /// How the number is written makes no other account.
    pub fn of(number: &AccountNumber) -> Self {
        let hash = Sha256::digest(number.key());
        let bits = hash.iter().take(16).fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
        Self(spelled('P', bits, CHARACTERS as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payee(number: &str) -> PayeeId {
        PayeeId::of(&number.parse().unwrap())
    }

    #[test]
    fn an_account_is_known_again_however_it_is_written() {
        let known = payee("6222021234567890123");
        assert_eq!(payee("6222 0212 3456 7890 123"), known);
        assert_eq!(payee("6222-0212-3456-7890-123"), known);
        assert_eq!(payee("Li@Example.com"), payee("li@example.com"));
        assert_ne!(payee("6222021234567890124"), known);
        assert_eq!(known.as_str().parse(), Ok(known.clone()));
        assert!(!known.as_str().contains("0123") && "P1".parse::<PayeeId>().is_err());
    }
}
