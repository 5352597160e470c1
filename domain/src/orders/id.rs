//! What an order is called in the journal.

use sha2::{Digest, Sha256};

use super::OrderNo;
use crate::base32::{is_spelled, spelled};
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// An order: `O` and 26 characters that follow from its number, so that the same order meets itself.
    OrderId,
    |text| if is_spelled(&text, 'O', CHARACTERS) { Ok(text) } else { Err(ORDER) }
);
shown_as_written!(OrderId);

const ORDER: InvalidText = InvalidText::Malformed { expected: "O2GT6WQ5NVB8KZ0M4YXR7C1JHPD" };

/// 128 bits, five to a character.
const CHARACTERS: usize = 26;

impl OrderId {
    /// The first 128 bits of SHA-256 over the number.
    pub fn of(order_no: &OrderNo) -> Self {
        let hash = Sha256::new().chain_update(order_no.as_str()).finalize();
        let bits = hash.iter().take(16).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        Self(spelled('O', bits, 26))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_has_the_same_id() {
        let of = |number: &str| OrderId::of(&number.parse().unwrap());
        assert_eq!(of("SO-1"), of(" SO-1 "));
        assert_ne!(of("SO-1"), of("SO-2"));
        assert_eq!(of("SO-1").as_str().parse(), Ok(of("SO-1")));
        assert!("O2GT6WQ5NVB8KZ0M4YXR7C1JHP".parse::<OrderId>().is_err());
    }
}
