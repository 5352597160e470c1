//! How an approval stands, and who has agreed.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// It waits for somebody, or for one more.
    Open,
    /// As many as it takes have agreed.
    Approved,
    Rejected,
    /// Nobody decided in time.
    Expired,
    /// It is not wanted any more.
    Closed,
}

impl ApprovalState {
    pub const ALL: [Self; 5] = [Self::Open, Self::Approved, Self::Rejected, Self::Expired, Self::Closed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Closed => "closed",
        }
    }
}

impl std::fmt::Display for ApprovalState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for ApprovalState {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "open, approved, rejected, expired or closed")
    }
}

/// Who has agreed, and in whose place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    pub by: Actor,
    /// Whose delegate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Actor>,
}

impl Given {
    /// For himself.
    pub fn alone(by: Actor) -> Self {
        Self { by, on_behalf_of: None }
    }

    /// Both the one who decides and the one in whose place: neither agrees a second time.
    pub fn people(&self) -> impl Iterator<Item = &Actor> {
        std::iter::once(&self.by).chain(&self.on_behalf_of)
    }
}
