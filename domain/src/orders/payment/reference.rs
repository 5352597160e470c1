//! Our number of a payment, as the channel is given it.

use smol_str::SmolStr;
use uuid::Uuid;

use crate::base32::spelled;
use crate::channels::ChannelNumber;
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// `out_trade_no`: 6 to 32 letters, digits, `_` and `-`, which both channels take. Once per channel.
    PaymentReference,
    check
);
shown_as_written!(PaymentReference);

const REFERENCE: InvalidText =
    InvalidText::Malformed { expected: "T01K7RA8ZAYFGXSMRSF9FMC3M01 (6 to 32 letters, digits, _ and -)" };

fn check(text: SmolStr) -> Result<SmolStr, InvalidText> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (6..=32).contains(&text.len()) && text.bytes().all(allowed) { Ok(text) } else { Err(REFERENCE) }
}

impl PaymentReference {
    /// One that nobody has chosen: `T` and the bits of a UUID version 7.
    pub fn from_uuid(id: Uuid) -> Self {
        Self(spelled('T', id.as_u128(), 26))
    }

    /// As a channel says it.
    pub fn number(&self) -> ChannelNumber {
        self.as_str().parse().expect("letters, digits, _ and - are a number of a channel")
    }
}
