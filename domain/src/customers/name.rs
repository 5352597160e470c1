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
    /// What must be unique in a book: the name without differences of width, case and spacing, and what is not seen.
    pub fn claim_key(&self) -> String {
        likeness(self.as_str())
    }
}

/// The text without differences of width, case and spacing, and without characters nobody sees.
///
/// Unicode NFKC without default ignorable code points, then upper and lower case in turn (which also makes `ß` and `ss` one), white space runs as one space.
pub(crate) fn likeness(text: &str) -> String {
    let seen = text.nfkc().filter(|letter| !is_ignorable(*letter));
    let folded: String = seen.flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Unicode's property Default_Ignorable_Code_Point: what a font shows nothing for, such as a zero width space.
fn is_ignorable(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
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
        assert_eq!(key("青松\u{200b}贸易"), key("青松贸易"));
        assert_eq!(key("\u{202e}Acme\u{feff}"), key("acme"));
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
