//! The states of a payout.
//!
//! ```text
//! prepared ──begin──→ sending ──→ accepted ──→ succeeded ──→ returned
//!     │                  │            └──────→ failed
//!     │                  └──→ unknown (asked about until it is one of the others)
//!     └─ by hand: succeeded or failed, as a person says
//! doubted: what was said cannot be believed, so a person decides: succeeded or failed
//! ```

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutState {
    /// The order is written; nothing has been sent.
    Prepared,
    /// It is being sent, or was when a process ended. It is never sent again.
    Sending,
    /// Nobody knows whether it has arrived.
    Unknown,
    /// The bank has it, and has not paid yet.
    Accepted,
    /// What was said of it cannot be true.
    Doubted,
    Succeeded,
    Failed,
    /// The bank had paid, and the money came back.
    Returned,
}

impl PayoutState {
    pub const ALL: [Self; 8] = [
        Self::Prepared,
        Self::Sending,
        Self::Unknown,
        Self::Accepted,
        Self::Doubted,
        Self::Succeeded,
        Self::Failed,
        Self::Returned,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Accepted => "accepted",
            Self::Doubted => "doubted",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Returned => "returned",
        }
    }

    /// Whether it is known what became of the money.
    pub fn is_final(self) -> bool {
        match self {
            Self::Prepared | Self::Sending | Self::Unknown | Self::Accepted | Self::Doubted => false,
            Self::Succeeded | Self::Failed | Self::Returned => true,
        }
    }

    /// Whether an order to pay it is right, if the bank has not had it: the money is not back in the wallet.
    pub fn is_to_be_paid(self) -> bool {
        match self {
            Self::Prepared
            | Self::Sending
            | Self::Unknown
            | Self::Accepted
            | Self::Doubted
            | Self::Succeeded => true,
            Self::Failed | Self::Returned => false,
        }
    }
}

impl std::fmt::Display for PayoutState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for PayoutState {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "prepared, sending, unknown, accepted, doubted, succeeded, failed or returned";
        text::word(word, Self::ALL, Self::as_str, EXPECTED)
    }
}
