//! What becomes of a bill or an order that passes its customer's credit limit.

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditPolicy {
    /// It is issued or placed, and somebody is told.
    #[default]
    Warn,
    /// It is not.
    Block,
}

impl CreditPolicy {
    pub const ALL: [Self; 2] = [Self::Warn, Self::Block];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Block => "block",
        }
    }
}

impl std::fmt::Display for CreditPolicy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for CreditPolicy {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "warn or block")
    }
}
