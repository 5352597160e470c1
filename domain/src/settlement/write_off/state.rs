//! How far a write-off has come.

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteOffState {
    /// It waits for an approver.
    Proposed,
    Rejected,
    Posted,
    /// Some of its legs are undone.
    PartlyReversed,
    Reversed,
}

impl WriteOffState {
    pub const ALL: [Self; 5] =
        [Self::Proposed, Self::Rejected, Self::Posted, Self::PartlyReversed, Self::Reversed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Rejected => "rejected",
            Self::Posted => "posted",
            Self::PartlyReversed => "partly_reversed",
            Self::Reversed => "reversed",
        }
    }
}

impl std::fmt::Display for WriteOffState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for WriteOffState {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "proposed, rejected, posted, partly_reversed or reversed";
        text::word(word, Self::ALL, Self::as_str, EXPECTED)
    }
}
