//! What has become of a receipt, in one word.

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptState {
    /// Nobody has said whose it is.
    Unidentified,
    /// Something of it is free.
    Open,
    /// Nothing of it is free.
    Used,
    /// It should not have been recorded.
    Reversed,
}

impl ReceiptState {
    pub const ALL: [Self; 4] = [Self::Unidentified, Self::Open, Self::Used, Self::Reversed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unidentified => "unidentified",
            Self::Open => "open",
            Self::Used => "used",
            Self::Reversed => "reversed",
        }
    }

    /// Of one that is not reversed.
    pub fn of(is_identified: bool, is_used_up: bool) -> Self {
        match (is_identified, is_used_up) {
            (false, _) => Self::Unidentified,
            (true, false) => Self::Open,
            (true, true) => Self::Used,
        }
    }
}

impl std::fmt::Display for ReceiptState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for ReceiptState {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "unidentified, open, used or reversed")
    }
}
