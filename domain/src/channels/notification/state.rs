//! How far a notification has come.

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelNotificationState {
    /// Kept, and no payment of ours has taken it up.
    Waiting,
    /// The payment it is about has taken it up.
    Applied,
}

impl ChannelNotificationState {
    pub const ALL: [Self; 2] = [Self::Waiting, Self::Applied];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Applied => "applied",
        }
    }
}

impl std::fmt::Display for ChannelNotificationState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for ChannelNotificationState {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "waiting or applied")
    }
}
