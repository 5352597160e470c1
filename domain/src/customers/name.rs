//! What a customer is called, and when two names are the same.

use smol_str::SmolStr;
use unicode_normalization::UnicodeNormalization;

use crate::text::{self, shown_as_written, text_type};

text_type!(
    /// A customer's name as people write it: 1 to 200 characters.
    CustomerName,
    |name: SmolStr| text::line(name, 200)
);
shown_as_written!(CustomerName);

impl CustomerName {
    /// What must be unique in a book: the name without differences of width, case and spacing.
    pub fn claim_key(&self) -> String {
        likeness(self.as_str())
    }
}

/// The text without differences of width, case and spacing.
///
/// Unicode NFKC, then upper and lower case in turn (which also makes `ß` and `ss` one), white space runs as one space.
pub(super) fn likeness(text: &str) -> String {
    let folded: String =
        text.nfkc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::InvalidText;

    fn key(name: &str) -> String {
        name.parse::<CustomerName>().unwrap().claim_key()
    }

    #[test]
    fn names_that_look_the_same_have_the_same_key() {
        assert_eq!(key("Acme  Ltd"), key("ＡＣＭＥ　ltd"));
        assert_eq!(key("STRASSE"), key("Straße"));
        assert_eq!(key("ΟΔΟΣ"), key("οδος"));
        assert_eq!(key("Cafe\u{301}"), key("CAFÉ"));
        assert_ne!(key("Acme Ltd"), key("Acme"));
        assert_eq!(key("上海（闵行）贸易"), key("上海(闵行)贸易"));
    }

    #[test]
    fn a_key_is_its_own_key() {
        for name in ["Acme  Ltd", "Straße", "ＡＣＭＥ　ltd", "ΟΔΟΣ", "上海（闵行）贸易", "ﬁ İ"]
        {
            assert_eq!(key(&key(name)), key(name), "{name}");
        }
    }

    #[test]
    fn a_name_is_trimmed_and_bounded() {
        assert_eq!(" Acme Ltd ".parse::<CustomerName>().unwrap().as_str(), "Acme Ltd");
        assert_eq!("  ".parse::<CustomerName>(), Err(InvalidText::Empty));
        assert_eq!("Acme\nLtd".parse::<CustomerName>(), Err(InvalidText::ControlCharacter));
        assert!("店".repeat(200).parse::<CustomerName>().is_ok());
        assert_eq!("店".repeat(201).parse::<CustomerName>(), Err(InvalidText::TooLong { max: 200 }));
    }
}
