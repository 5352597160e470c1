//! The names things go by: readable, sortable, and each with exactly one spelling.
//!
//! An id says what it belongs to (`C00042.CNY.17` is entry 17 of wallet `C00042.CNY` of customer `C00042`), so
//! nothing has to be looked up to know whose it is. Must never be made from randomness or a clock here: a
//! withdrawal's UUID is made at the edge and passed in.

use smol_str::{SmolStr, format_smolstr};
use uuid::Uuid;

use crate::base32::{is_spelled, spelled};
use crate::money::Currency;
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// A customer: `C` and the customer's number, at least five digits, such as `C00042`.
    CustomerId,
    |text| if is_customer(&text) { Ok(text) } else { Err(CUSTOMER) }
);

text_type!(
    /// A customer's wallet in one currency: `C00042.CNY`.
    WalletId,
    |text| if is_wallet(&text) { Ok(text) } else { Err(WALLET) }
);

text_type!(
    /// A deposit: its wallet and its entry in that wallet's stream, such as `C00042.CNY.17`.
    DepositId,
    |text| if is_deposit(&text) { Ok(text) } else { Err(DEPOSIT) }
);

text_type!(
    /// A withdrawal: a UUID version 7 in lower case with hyphens, so that ids sort by when they were made.
    WithdrawalId,
    |text| if is_withdrawal(&text) { Ok(text) } else { Err(WITHDRAWAL) }
);

text_type!(
    /// A write-off: `W` and 26 characters, the bits of a UUID version 7, so that ids sort by when they were made.
    WriteOffId,
    |text| if is_spelled(&text, 'W', UUID_CHARACTERS) { Ok(text) } else { Err(WRITE_OFF) }
);

text_type!(
    /// A credit note that is bound to no bill: `N` and 26 characters, as a write-off's.
    CreditNoteId,
    |text| if is_spelled(&text, 'N', UUID_CHARACTERS) { Ok(text) } else { Err(CREDIT_NOTE) }
);

text_type!(
    /// A statement that was issued: `S` and 26 characters, as a write-off's.
    StatementId,
    |text| if is_spelled(&text, 'S', UUID_CHARACTERS) { Ok(text) } else { Err(STATEMENT) }
);

text_type!(
    /// A payment of an order through a channel: `Z` and 26 characters.
    PaymentId,
    |text| if is_spelled(&text, 'Z', UUID_CHARACTERS) { Ok(text) } else { Err(PAYMENT) }
);

text_type!(
    /// A refund of an order: `F` and 26 characters, as a write-off's.
    RefundId,
    |text| if is_spelled(&text, 'F', UUID_CHARACTERS) { Ok(text) } else { Err(REFUND) }
);

shown_as_written!(
    CustomerId,
    WalletId,
    DepositId,
    WithdrawalId,
    WriteOffId,
    CreditNoteId,
    StatementId,
    PaymentId,
    RefundId
);

const CUSTOMER: InvalidText = InvalidText::Malformed { expected: "C00042" };
const WALLET: InvalidText = InvalidText::Malformed { expected: "C00042.CNY" };
const DEPOSIT: InvalidText = InvalidText::Malformed { expected: "C00042.CNY.17" };
const WITHDRAWAL: InvalidText =
    InvalidText::Malformed { expected: "0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000 (a UUID version 7)" };
const WRITE_OFF: InvalidText = InvalidText::Malformed { expected: "W01K7RA8ZAYFGXSMRSF9FMC3M01" };
const CREDIT_NOTE: InvalidText = InvalidText::Malformed { expected: "N01K7RA8ZAYFGXSMRSF9FMC3M02" };
const STATEMENT: InvalidText = InvalidText::Malformed { expected: "S01K7RA8ZAYFGXSMRSF9FMC3M04" };

const PAYMENT: InvalidText = InvalidText::Malformed { expected: "Z7YK1T4MZQ0XW8C3RB5VNG2JHPD" };
const REFUND: InvalidText = InvalidText::Malformed { expected: "F01K7RA8ZAYFGXSMRSF9FMC3M05" };

/// 128 bits, five to a character.
const UUID_CHARACTERS: usize = 26;

const PROVEN: &str = "an id is checked when it is made";

impl CustomerId {
    pub fn from_number(number: u64) -> Self {
        Self(format_smolstr!("C{number:05}"))
    }
}

impl WalletId {
    pub fn new(customer: &CustomerId, currency: Currency) -> Self {
        Self(format_smolstr!("{}.{}", customer.0, currency.code()))
    }

    pub fn customer(&self) -> CustomerId {
        let (customer, _) = self.0.split_once('.').expect(PROVEN);
        CustomerId(SmolStr::new(customer))
    }

    pub fn currency(&self) -> Currency {
        let (_, currency) = self.0.split_once('.').expect(PROVEN);
        Currency::parse(currency).expect(PROVEN)
    }
}

impl DepositId {
    /// `entry` is the sequence number, in the wallet's stream, of the event that recorded the deposit.
    pub fn new(wallet: &WalletId, entry: u64) -> Self {
        Self(format_smolstr!("{}.{entry}", wallet.0))
    }

    pub fn wallet(&self) -> WalletId {
        let (wallet, _) = self.0.rsplit_once('.').expect(PROVEN);
        WalletId(SmolStr::new(wallet))
    }

    pub fn entry(&self) -> u64 {
        let (_, entry) = self.0.rsplit_once('.').expect(PROVEN);
        entry.parse().expect(PROVEN)
    }
}

impl WithdrawalId {
    pub fn from_uuid(id: Uuid) -> Self {
        Self(SmolStr::new(id.hyphenated().encode_lower(&mut Uuid::encode_buffer())))
    }
}

impl WriteOffId {
    pub fn from_uuid(id: Uuid) -> Self {
        Self(spelled('W', id.as_u128(), 26))
    }
}

impl CreditNoteId {
    pub fn from_uuid(id: Uuid) -> Self {
        Self(spelled('N', id.as_u128(), 26))
    }
}

impl StatementId {
    pub fn from_uuid(id: Uuid) -> Self {
        Self(spelled('S', id.as_u128(), 26))
    }
}

impl PaymentId {
    pub fn from_bits(bits: u128) -> Self {
        Self(spelled('Z', bits, 26))
    }
}

impl RefundId {
    pub fn from_uuid(id: Uuid) -> Self {
        Self(spelled('F', id.as_u128(), 26))
    }
}

/// A whole number as `{number:0width$}` writes it, and no other way; at most what a `bigint` holds.
fn is_number(text: &str, width: usize) -> bool {
    text.len() >= width
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text.len() == width || !text.starts_with('0'))
        && text.parse::<i64>().is_ok()
}

fn is_customer(text: &str) -> bool {
    text.strip_prefix('C').is_some_and(|number| is_number(number, 5))
}

fn is_wallet(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(customer, currency)| is_customer(customer) && Currency::parse(currency).is_ok())
}

fn is_deposit(text: &str) -> bool {
    text.rsplit_once('.')
        .is_some_and(|(wallet, entry)| is_wallet(wallet) && is_number(entry, 1) && entry != "0")
}

fn is_withdrawal(text: &str) -> bool {
    let canonical = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'));
    canonical && text.len() == 36 && Uuid::try_parse(text).is_ok_and(|id| id.get_version_num() == 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refuses<T: std::str::FromStr<Err = InvalidText> + std::fmt::Debug>(texts: &[&str]) {
        for text in texts {
            assert!(matches!(text.parse::<T>(), Err(InvalidText::Malformed { .. })), "{text}");
        }
    }

    #[test]
    fn a_customer_has_one_spelling() {
        assert_eq!(CustomerId::from_number(42).as_str(), "C00042");
        assert_eq!(CustomerId::from_number(1_234_567).as_str(), "C1234567");
        assert_eq!("C00042".parse(), Ok(CustomerId::from_number(42)));
        assert_eq!("C1234567".parse(), Ok(CustomerId::from_number(1_234_567)));
        let largest = CustomerId::from_number(i64::MAX.unsigned_abs());
        assert_eq!(largest.as_str().parse(), Ok(largest));
        refuses::<CustomerId>(&[
            "",
            "C0042",
            "C000042",
            "c00042",
            "C0004x",
            " C00042",
            "C9223372036854775808",
        ]);
    }

    #[test]
    fn a_wallet_names_its_customer_and_currency() {
        let wallet = WalletId::new(&CustomerId::from_number(42), Currency::CNY);
        assert_eq!(wallet.as_str(), "C00042.CNY");
        assert_eq!(wallet.customer(), CustomerId::from_number(42));
        assert_eq!(wallet.currency(), Currency::CNY);
        assert_eq!("C00042.CNY".parse(), Ok(wallet));
        refuses::<WalletId>(&[
            "C00042",
            "C00042.",
            "C00042.CN",
            "C00042.XYZ",
            "C00042.cny",
            "C42.CNY",
            "C00042.CNY.1",
        ]);
    }

    #[test]
    fn a_deposit_names_its_wallet_and_entry() {
        let wallet = WalletId::new(&CustomerId::from_number(42), Currency::CNY);
        let deposit = DepositId::new(&wallet, 17);
        assert_eq!(deposit.as_str(), "C00042.CNY.17");
        assert_eq!(deposit.wallet(), wallet);
        assert_eq!(deposit.entry(), 17);
        assert_eq!("C00042.CNY.17".parse(), Ok(deposit));
        refuses::<DepositId>(&[
            "C00042.CNY",
            "C00042.CNY.",
            "C00042.CNY.0",
            "C00042.CNY.017",
            "C00042.CNY.-1",
        ]);
    }

    #[test]
    fn a_withdrawal_is_a_uuid_of_version_7() {
        let text = "0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000";
        let id: WithdrawalId = text.parse().unwrap();
        assert_eq!(id, WithdrawalId::from_uuid(Uuid::try_parse(text).unwrap()));
        refuses::<WithdrawalId>(&[
            "",
            "0199F0A4-7D5E-7C3B-9A63-2F4BE8C1D000",
            "0199f0a47d5e7c3b9a632f4be8c1d000",
            "0199f0a4-7d5e-4c3b-9a63-2f4be8c1d000",
        ]);
    }

    #[test]
    fn a_write_off_a_credit_note_and_a_statement_say_what_they_are() {
        let uuid = |text: &str| Uuid::try_parse(text).unwrap();
        let first = uuid("0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000");
        let id = WriteOffId::from_uuid(first);
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        assert!(id < WriteOffId::from_uuid(uuid("0199f0a4-7d5e-7c3b-9a63-2f4be8c1d001")));
        assert_eq!(WriteOffId::from_uuid(Uuid::max()).as_str(), "W7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
        assert_eq!(CreditNoteId::from_uuid(first).as_str().strip_prefix('N'), id.as_str().strip_prefix('W'));
        assert_eq!(StatementId::from_uuid(first).as_str().strip_prefix('S'), id.as_str().strip_prefix('W'));
        refuses::<WriteOffId>(&["", "W", CreditNoteId::from_uuid(first).as_str(), &id.as_str()[..26], "w"]);
        refuses::<CreditNoteId>(&[id.as_str(), "N0000000000000000000000000I"]);
        refuses::<StatementId>(&[id.as_str(), "S"]);
    }

    #[test]
    fn an_id_is_a_json_string_and_is_checked_when_read() {
        assert_eq!(serde_json::to_string(&CustomerId::from_number(42)).unwrap(), r#""C00042""#);
        assert!(serde_json::from_str::<CustomerId>(r#""C42""#).is_err());
        assert!(serde_json::from_str::<CustomerId>("42").is_err());
    }
}
