//! Which money it is: the account it came into, the bank's number of it, and the id that follows from both.

use sha2::{Digest, Sha256};
use smol_str::SmolStr;

use crate::base32::{is_spelled, spelled};
use crate::customers::likeness;
use crate::deposits::BankReference;
use crate::text::{self, InvalidText, shown_as_written, text_type};

text_type!(
    /// The company's own account that money came into, as people call it: 1 to 64 characters, such as `ICBC-0123`.
    OwnAccount,
    |account: SmolStr| text::line(account, 64)
);

text_type!(
    /// A receipt: `R` and 16 characters that follow from its account and reference, so that the same money has the
    /// same id whoever enters it, and a second entry meets the first.
    ReceiptId,
    |text| if is_spelled(&text, 'R', CHARACTERS) { Ok(text) } else { Err(RECEIPT) }
);

shown_as_written!(OwnAccount, ReceiptId);

const RECEIPT: InvalidText = InvalidText::Malformed { expected: "R4XK0M9QT2ZB7C1PE" };

/// 80 bits, five to a character.
const CHARACTERS: usize = 16;

impl OwnAccount {
    /// What is the same however the account is written: without spaces and what is not seen, of one width, in capitals.
    pub fn key(&self) -> String {
        likeness(self.as_str()).split(' ').collect::<String>().to_uppercase()
    }
}

impl ReceiptId {
    /// The first 80 bits of SHA-256 over the account's key, a zero byte (which no text has) and the reference.
    pub fn of(account: &OwnAccount, reference: &BankReference) -> Self {
        let hash = Sha256::new()
            .chain_update(account.key())
            .chain_update([0])
            .chain_update(reference.as_str())
            .finalize();
        let bits = hash.iter().take(10).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        Self(spelled('R', bits, 16))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_money_has_the_same_id() {
        let of = |account: &str, reference: &str| {
            ReceiptId::of(&account.parse().unwrap(), &reference.parse().unwrap())
        };
        let id = of("ICBC-0123", "20261103-77");
        for spelling in [
            " ICBC-0123 ",
            "icbc-0123",
            "ICBC -0123",
            "ICBC - 0123",
            "ＩＣＢＣ－０１２３",
            "IC\u{200b}BC-0123",
        ] {
            assert_eq!(id, of(spelling, "20261103-77"), "{spelling}");
        }
        assert_eq!(id.as_str(), "RP3XP6RJ5HNHZQAV0", "as it was before accounts had a key");
        assert_eq!(id.as_str().parse::<ReceiptId>().unwrap(), id);
        assert_eq!(id.as_str().len(), 17);
        for other in
            [of("ICBC-0124", "20261103-77"), of("ICBC-0123", "20261103-78"), of("ICBC-012", "320261103-77")]
        {
            assert_ne!(id, other);
        }
    }

    #[test]
    fn an_id_has_one_spelling() {
        for bad in
            ["", "R", "R4XK0M9QT2ZB7C1P", "r4XK0M9QT2ZB7C1PE", "R4XK0M9QT2ZB7C1PI", "R4XK0M9QT2ZB7C1PEE"]
        {
            assert_eq!(bad.parse::<ReceiptId>(), Err(RECEIPT), "{bad}");
        }
    }
}
