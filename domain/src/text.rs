//! Texts people and machines type: trimmed, bounded, free of control characters, each kind its own type.
//!
//! Owns the one rule all of them share and the one error they are refused with. Must never change a text beyond
//! trimming it: what was written down is what is shown.

use smol_str::SmolStr;

/// Why a text is not what it should be. The caller knows which field it was reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    #[error("must not be empty")]
    Empty,
    #[error("must not be longer than {max} characters")]
    TooLong { max: usize },
    #[error("must not contain control characters")]
    ControlCharacter,
    #[error("must look like {expected}")]
    Malformed { expected: &'static str },
    #[error("has a check character that does not fit: one of its characters is wrong")]
    WrongCheckDigit,
}

impl InvalidText {
    /// A stable word for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong { .. } => "too_long",
            Self::ControlCharacter => "control_character",
            Self::Malformed { .. } => "malformed",
            Self::WrongCheckDigit => "check_digit",
        }
    }
}

/// The text without surrounding white space, if it has 1 to `max` characters and no control characters.
pub(crate) fn line(text: SmolStr, max: usize) -> Result<SmolStr, InvalidText> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(InvalidText::Empty);
    }
    // A text of `max` bytes cannot have more than `max` characters, so most are never counted.
    if trimmed.len() > max && trimmed.chars().count() > max {
        return Err(InvalidText::TooLong { max });
    }
    if trimmed.chars().any(char::is_control) {
        return Err(InvalidText::ControlCharacter);
    }
    Ok(if trimmed.len() == text.len() { text } else { SmolStr::new(trimmed) })
}

/// The one of `all` that is written like this.
pub(crate) fn word<T: Copy>(
    given: &str,
    all: impl IntoIterator<Item = T>,
    written: fn(T) -> &'static str,
    expected: &'static str,
) -> Result<T, InvalidText> {
    all.into_iter().find(|one| written(*one) == given).ok_or(InvalidText::Malformed { expected })
}

/// A text type: a newtype over a text that `$check` has accepted, read and written as a plain string.
macro_rules! text_type {
    ($(#[$meta:meta])* $name:ident, $check:expr) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "smol_str::SmolStr")]
        pub struct $name(smol_str::SmolStr);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<smol_str::SmolStr> for $name {
            type Error = $crate::text::InvalidText;

            fn try_from(text: smol_str::SmolStr) -> Result<Self, Self::Error> {
                let check: fn(smol_str::SmolStr) -> Result<smol_str::SmolStr, Self::Error> = $check;
                check(text).map(Self)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::text::InvalidText;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::try_from(smol_str::SmolStr::new(text))
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

/// Shows a text type as it was written, also in debug output.
macro_rules! shown_as_written {
    ($($name:ident),+) => {
        $(
            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(&self.0)
                }
            }

            impl std::fmt::Debug for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    std::fmt::Debug::fmt(self.0.as_str(), f)
                }
            }
        )+
    };
}

pub(crate) use {shown_as_written, text_type};

text_type!(
    /// Why someone did something: 1 to 500 characters.
    Reason,
    |text| line(text, 500)
);

text_type!(
    /// A note that goes with a fact, such as a bank's memo line: 1 to 500 characters.
    Remark,
    |text| line(text, 500)
);

shown_as_written!(Reason, Remark);
