//! What has become of an alert.
//!
//! ```text
//! open ─claim→ claimed ─┬─release→ released
//!   └───────────────────┼─reject─→ rejected
//!                       └─the withdrawal ended otherwise─→ closed
//! ```

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    Open,
    /// Somebody looks at it.
    Claimed,
    /// The withdrawal goes on to approval.
    Released,
    /// The withdrawal was rejected with it.
    Rejected,
    /// The withdrawal ended before anybody had decided.
    Closed,
}

impl AlertState {
    pub const ALL: [Self; 5] = [Self::Open, Self::Claimed, Self::Released, Self::Rejected, Self::Closed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::Released => "released",
            Self::Rejected => "rejected",
            Self::Closed => "closed",
        }
    }

    /// Whether somebody has still to look.
    pub fn is_open(self) -> bool {
        match self {
            Self::Open | Self::Claimed => true,
            Self::Released | Self::Rejected | Self::Closed => false,
        }
    }
}

impl std::fmt::Display for AlertState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for AlertState {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "open, claimed, released, rejected or closed")
    }
}

/// What somebody decided who looked at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    Released,
    Rejected,
}

impl Resolution {
    pub const ALL: [Self; 2] = [Self::Released, Self::Rejected];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::Rejected => "rejected",
        }
    }

    pub fn state(self) -> AlertState {
        match self {
            Self::Released => AlertState::Released,
            Self::Rejected => AlertState::Rejected,
        }
    }
}

impl std::fmt::Display for Resolution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Resolution {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "released or rejected")
    }
}

/// How a withdrawal ended that nobody has to look at any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawalEnd {
    Rejected,
    Cancelled,
}
