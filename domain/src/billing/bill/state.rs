//! The states of a bill. Whether it is settled or overdue follows from its open amount and the date, and is no state.

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillState {
    /// Calculated; nobody owes anything yet.
    Draft,
    /// Owed, and in the ledger.
    Issued,
    /// Taken back; another may stand in its place.
    Voided,
}

impl BillState {
    pub const ALL: [Self; 3] = [Self::Draft, Self::Issued, Self::Voided];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Issued => "issued",
            Self::Voided => "voided",
        }
    }
}

impl std::fmt::Display for BillState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for BillState {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "draft, issued or voided")
    }
}
