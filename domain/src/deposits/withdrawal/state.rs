//! The states of a withdrawal and the steps between them.
//!
//! ```text
//! requested ─approve→ approved ─submit→ submitted ─succeed→ succeeded ─return→ returned
//!     │                   │                  └─────fail───→ failed
//!     ├──────cancel───────┴─→ cancelled
//!     └──────reject─────────→ rejected
//! ```
//!
//! What a person has called failed, and its payout finds paid, is submitted and succeeds in one decision.

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawalState {
    Requested,
    Approved,
    Rejected,
    Cancelled,
    Submitted,
    Succeeded,
    Failed,
    Returned,
}

impl WithdrawalState {
    pub const ALL: [Self; 8] = [
        Self::Requested,
        Self::Approved,
        Self::Rejected,
        Self::Cancelled,
        Self::Submitted,
        Self::Succeeded,
        Self::Failed,
        Self::Returned,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Submitted => "submitted",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Returned => "returned",
        }
    }
}

impl std::fmt::Display for WithdrawalState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for WithdrawalState {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str =
            "requested, approved, rejected, cancelled, submitted, succeeded, failed or returned";
        text::word(word, Self::ALL, Self::as_str, EXPECTED)
    }
}

/// A step someone wants a withdrawal to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WithdrawalAction {
    Approve,
    Reject,
    Cancel,
    Submit,
    Succeed,
    Fail,
    Return,
}

impl WithdrawalAction {
    pub const ALL: [Self; 7] =
        [Self::Approve, Self::Reject, Self::Cancel, Self::Submit, Self::Succeed, Self::Fail, Self::Return];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Cancel => "cancel",
            Self::Submit => "submit",
            Self::Succeed => "succeed",
            Self::Fail => "fail",
            Self::Return => "return",
        }
    }

    /// The state this step leads to.
    pub fn target(self) -> WithdrawalState {
        match self {
            Self::Approve => WithdrawalState::Approved,
            Self::Reject => WithdrawalState::Rejected,
            Self::Cancel => WithdrawalState::Cancelled,
            Self::Submit => WithdrawalState::Submitted,
            Self::Succeed => WithdrawalState::Succeeded,
            Self::Fail => WithdrawalState::Failed,
            Self::Return => WithdrawalState::Returned,
        }
    }

    /// Whether this step may be taken from that state.
    pub fn is_open_from(self, state: WithdrawalState) -> bool {
        match self {
            Self::Approve | Self::Reject => state == WithdrawalState::Requested,
            Self::Cancel => matches!(state, WithdrawalState::Requested | WithdrawalState::Approved),
            Self::Submit => state == WithdrawalState::Approved,
            Self::Succeed | Self::Fail => state == WithdrawalState::Submitted,
            Self::Return => state == WithdrawalState::Succeeded,
        }
    }
}

impl std::fmt::Display for WithdrawalAction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
