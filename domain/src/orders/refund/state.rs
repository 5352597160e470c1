//! The states of a refund and the steps between them.
//!
//! ```text
//! requested ─approve→ approved ─submit→ submitted ─succeed→ succeeded
//!     └─reject→ rejected   │                ├─fail→ failed ─submit→ … (of excess money alone)
//!                          │                └─abnormal→ abnormal ─succeed→, ─fail→
//!                          └─succeed→, ─fail→
//! ```
//!
//! A channel may confirm what nobody has recorded as submitted, and what is not submitted yet may be given up.

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderRefundState {
    Requested,
    Approved,
    Rejected,
    Submitted,
    Succeeded,
    /// The channel has not paid it back, or it was given up.
    Failed,
    /// The money has left and did not arrive: a person has to see to it at the channel.
    Abnormal,
}

impl OrderRefundState {
    pub const ALL: [Self; 7] = [
        Self::Requested,
        Self::Approved,
        Self::Rejected,
        Self::Submitted,
        Self::Succeeded,
        Self::Failed,
        Self::Abnormal,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Submitted => "submitted",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Abnormal => "abnormal",
        }
    }
}

impl std::fmt::Display for OrderRefundState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for OrderRefundState {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "requested, approved, rejected, submitted, succeeded, failed or abnormal";
        text::word(word, Self::ALL, Self::as_str, EXPECTED)
    }
}

/// A step someone wants a refund to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderRefundAction {
    Approve,
    Reject,
    Submit,
    Succeed,
    Fail,
    FindAbnormal,
}

impl OrderRefundAction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Submit => "submit",
            Self::Succeed => "succeed",
            Self::Fail => "fail",
            Self::FindAbnormal => "find abnormal",
        }
    }

    /// The state this step leads to.
    pub fn target(self) -> OrderRefundState {
        match self {
            Self::Approve => OrderRefundState::Approved,
            Self::Reject => OrderRefundState::Rejected,
            Self::Submit => OrderRefundState::Submitted,
            Self::Succeed => OrderRefundState::Succeeded,
            Self::Fail => OrderRefundState::Failed,
            Self::FindAbnormal => OrderRefundState::Abnormal,
        }
    }

    /// Whether this step may be taken from that state. Of `excess` money there is no other way back, so it is tried
    /// again after it failed.
    pub fn is_open_from(self, state: OrderRefundState, excess: bool) -> bool {
        use OrderRefundState::{Abnormal, Approved, Failed, Requested, Submitted};

        match self {
            Self::Approve | Self::Reject => state == Requested,
            Self::Submit => state == Approved || (excess && state == Failed),
            Self::Succeed | Self::Fail => matches!(state, Approved | Submitted | Abnormal),
            Self::FindAbnormal => matches!(state, Approved | Submitted),
        }
    }
}

impl std::fmt::Display for OrderRefundAction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
