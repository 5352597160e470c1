//! How the run of a month stands.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillRunState {
    /// Nobody has ever started it.
    NotStarted,
    Running,
    Finished,
}

impl BillRunState {
    pub const ALL: [Self; 3] = [Self::NotStarted, Self::Running, Self::Finished];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotStarted => "not_started",
            Self::Running => "running",
            Self::Finished => "finished",
        }
    }
}

impl std::fmt::Display for BillRunState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
