//! What has become of a credit note, in one word.

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditNoteState {
    /// It waits for an approver.
    Proposed,
    Rejected,
    /// Something of it is free.
    Open,
    /// Nothing of it is free.
    Used,
    /// It should not have been granted.
    Reversed,
}

impl CreditNoteState {
    pub const ALL: [Self; 5] = [Self::Proposed, Self::Rejected, Self::Open, Self::Used, Self::Reversed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Rejected => "rejected",
            Self::Open => "open",
            Self::Used => "used",
            Self::Reversed => "reversed",
        }
    }

    /// Of one that is granted.
    pub fn of_granted(is_used_up: bool) -> Self {
        if is_used_up { Self::Used } else { Self::Open }
    }
}

impl std::fmt::Display for CreditNoteState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for CreditNoteState {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "proposed, rejected, open, used or reversed")
    }
}
