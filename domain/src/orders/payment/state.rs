//! How far an attempt to pay has come.

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// Begun; nothing has paid the order yet.
    Pending,
    /// It has paid the order.
    Succeeded,
    /// Given up. Money that comes all the same is taken as if it had not been.
    Closed,
}

impl PaymentState {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Succeeded, Self::Closed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Closed => "closed",
        }
    }
}

impl std::fmt::Display for PaymentState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for PaymentState {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "pending, succeeded or closed")
    }
}
