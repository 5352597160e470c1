//! What meters and items are called.

use smol_str::SmolStr;

use super::ChargeKind;
use crate::text::{self, InvalidText, shown_as_written, text_type};

text_type!(
    /// What is counted, such as `api_calls`: 1 to 64 letters, digits, `_`, `-` or `.`, beginning with a letter or digit.
    Meter,
    code
);

text_type!(
    /// What an item is called inside its plan; written like a meter.
    ItemCode,
    code
);

text_type!(
    /// What an item is called on a bill: 1 to 200 characters.
    ItemName,
    |name| text::line(name, 200)
);

shown_as_written!(Meter, ItemCode, ItemName);

const MOST_CHARACTERS: usize = 64;

fn code(text: SmolStr) -> Result<SmolStr, InvalidText> {
    if text.is_empty() {
        return Err(InvalidText::Empty);
    }
    if text.len() > MOST_CHARACTERS {
        return Err(InvalidText::TooLong { max: MOST_CHARACTERS });
    }
    let bytes = text.as_bytes();
    let known = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if bytes[0].is_ascii_alphanumeric() && bytes.iter().all(known) {
        return Ok(text);
    }
    Err(InvalidText::Malformed { expected: "api_calls" })
}

impl ItemCode {
    /// The line that brings a period up to the plan's minimum; no item may be called so.
    pub const TRUE_UP: Self = Self(SmolStr::new_static("true_up"));
}

impl ItemName {
    pub(super) const TRUE_UP: Self = Self(SmolStr::new_static("Minimum per period"));
}

impl From<&ItemCode> for ItemName {
    /// An item without a name of its own goes by its code.
    fn from(code: &ItemCode) -> Self {
        Self(code.0.clone())
    }
}

impl From<ChargeKind> for ItemCode {
    /// An item without a code and a meter goes by its model.
    fn from(kind: ChargeKind) -> Self {
        Self(SmolStr::new_static(kind.as_str()))
    }
}

impl From<&Meter> for ItemCode {
    /// An item without a code of its own goes by its meter.
    fn from(meter: &Meter) -> Self {
        Self(meter.0.clone())
    }
}
