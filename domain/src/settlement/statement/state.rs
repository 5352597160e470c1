//! What has become of a statement, in one word.

use serde::{Deserialize, Serialize};

use super::StatementAnswer;
use crate::text::{self, InvalidText};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementState {
    /// The customer has not answered.
    Issued,
    Agreed,
    Disagreed,
    /// It should not have been sent. What was answered before stays on it.
    Withdrawn,
}

impl StatementState {
    pub const ALL: [Self; 4] = [Self::Issued, Self::Agreed, Self::Disagreed, Self::Withdrawn];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Agreed => "agreed",
            Self::Disagreed => "disagreed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Of one that is answered.
    pub fn of_answered(answer: StatementAnswer) -> Self {
        match answer {
            StatementAnswer::Agrees => Self::Agreed,
            StatementAnswer::Disagrees => Self::Disagreed,
        }
    }
}

impl std::fmt::Display for StatementState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for StatementState {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "issued, agreed, disagreed or withdrawn")
    }
}
