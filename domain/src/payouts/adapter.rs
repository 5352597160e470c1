//! The ways in which a payout gets to the bank.

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutAdapterKind {
    /// A person takes a file to the bank, and says what became of it.
    #[default]
    Manual,
    /// It is posted to an endpoint, which is asked what became of it.
    Http,
}

impl PayoutAdapterKind {
    pub const ALL: [Self; 2] = [Self::Manual, Self::Http];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Http => "http",
        }
    }
}

impl std::fmt::Display for PayoutAdapterKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for PayoutAdapterKind {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "manual or http")
    }
}
