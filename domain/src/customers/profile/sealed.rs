//! Personal fields, as everyone but their reader sees them.

use smol_str::SmolStr;

use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// A personal field, encrypted under a key of its customer: base64, without a word of what it says.
    ///
    /// The same text of the same customer and field is sealed the same, so that what did not change is seen without
    /// the key. How it is sealed is told in `docs/customers.md`.
    Sealed,
    check
);
shown_as_written!(Sealed);

/// Longer than any sealed field is.
const LONGEST: usize = 8192;

fn check(text: SmolStr) -> Result<SmolStr, InvalidText> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    if text.is_empty() || text.len() > LONGEST || !text.bytes().all(plain) {
        return Err(InvalidText::Malformed { expected: "a sealed text (base64)" });
    }
    Ok(text)
}

/// A field that tells of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonalField {
    ContactPerson,
    Phone,
    Email,
    Address,
    BankAccount,
}

impl PersonalField {
    pub const ALL: [Self; 5] =
        [Self::ContactPerson, Self::Phone, Self::Email, Self::Address, Self::BankAccount];

    /// As JSON, tables and the seal spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContactPerson => "contact_person",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Address => "address",
            Self::BankAccount => "bank_account",
        }
    }
}

impl std::fmt::Display for PersonalField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
