//! How an accounting period stands.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodState {
    Open,
    /// Nothing is effective in it.
    Closed,
    /// Closed still, and somebody has asked to open it again.
    ReopeningRequested,
}

impl PeriodState {
    pub const ALL: [Self; 3] = [Self::Open, Self::Closed, Self::ReopeningRequested];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::ReopeningRequested => "reopening_requested",
        }
    }
}

impl std::fmt::Display for PeriodState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
