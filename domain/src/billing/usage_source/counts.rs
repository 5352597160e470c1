//! What a run has come to so far.

use serde::{Deserialize, Serialize};

use crate::text::{InvalidText, word};

/// What became of the records that came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectedCounts {
    pub recorded: u64,
    /// Recorded before, with the same quantity.
    pub unchanged: u64,
    pub corrected: u64,
    /// Put aside for a person to look at.
    pub quarantined: u64,
    /// Put aside before, and waiting still or decided on.
    pub held: u64,
}

impl CollectedCounts {
    /// `None` if there are too many to count.
    #[must_use]
    pub fn checked_add(self, more: Self) -> Option<Self> {
        Some(Self {
            recorded: self.recorded.checked_add(more.recorded)?,
            unchanged: self.unchanged.checked_add(more.unchanged)?,
            corrected: self.corrected.checked_add(more.corrected)?,
            quarantined: self.quarantined.checked_add(more.quarantined)?,
            held: self.held.checked_add(more.held)?,
        })
    }

    /// What was done once and is not done again when everything is asked for anew.
    #[must_use]
    pub fn lasting(self) -> Self {
        Self { unchanged: 0, held: 0, ..self }
    }
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsageRunState {
    Running,
    Finished,
    /// It was given up before everything had been asked for.
    Failed,
}

impl UsageRunState {
    pub const ALL: [Self; 3] = [Self::Running, Self::Finished, Self::Failed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed => "failed",
        }
    }
}

impl std::fmt::Display for UsageRunState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for UsageRunState {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        word(text, Self::ALL, Self::as_str, "running, finished or failed")
    }
}
