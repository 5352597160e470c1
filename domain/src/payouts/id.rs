//! What payouts and their batches are called, in the journal and at the bank.
//!
//! A payout's id is its `EndToEndId` in ISO 20022 and its key at an endpoint, so it is at most 35 letters and digits,
//! and follows from the withdrawal: nobody can make another for the same money.

use uuid::Uuid;

use crate::base32::{is_spelled, spelled};
use crate::ids::WithdrawalId;
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// A payout: `Y` and 26 characters, the bits of its withdrawal's id.
    PayoutId,
    |text| if is_spelled(&text, 'Y', CHARACTERS) { Ok(text) } else { Err(PAYOUT) }
);

text_type!(
    /// Payouts that were given to the bank together: `B` and 26 characters, the bits of a UUID version 7.
    PayoutBatchId,
    |text| if is_spelled(&text, 'B', CHARACTERS) { Ok(text) } else { Err(BATCH) }
);

shown_as_written!(PayoutId, PayoutBatchId);

const PAYOUT: InvalidText = InvalidText::Malformed { expected: "Y01K7RA8ZAYFGXSMRSF9FMC3M00" };
const BATCH: InvalidText = InvalidText::Malformed { expected: "B01K7RA8ZAYFGXSMRSF9FMC3M05" };

/// 128 bits, five to a character.
const CHARACTERS: usize = 26;

impl PayoutId {
    pub fn of(withdrawal: &WithdrawalId) -> Self {
        let digits = withdrawal.as_str().bytes().filter_map(|digit| char::from(digit).to_digit(16));
        let bits = digits.fold(0_u128, |bits, digit| bits << 4 | u128::from(digit));
        Self(spelled('Y', bits, 26))
    }
}

impl PayoutBatchId {
    pub fn from_uuid(id: Uuid) -> Self {
        Self(spelled('B', id.as_u128(), 26))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payout_is_called_after_its_withdrawal() {
        let uuid = Uuid::try_parse("0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000").unwrap();
        let id = PayoutId::of(&WithdrawalId::from_uuid(uuid));
        assert_eq!(id.as_str().strip_prefix('Y'), PayoutBatchId::from_uuid(uuid).as_str().strip_prefix('B'));
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        assert!(id.as_str().len() <= 35 - ".CNY".len(), "it fits into an ISO 20022 Max35Text");
        let next = Uuid::from_u128(uuid.as_u128() + 1);
        assert_ne!(id, PayoutId::of(&WithdrawalId::from_uuid(next)));
        for bad in ["", "Y", "W01K7RA8ZAYFGXSMRSF9FMC3M01", "y01K7RA8ZAYFGXSMRSF9FMC3M01"] {
            assert!(bad.parse::<PayoutId>().is_err() && bad.parse::<PayoutBatchId>().is_err(), "{bad}");
        }
    }
}
