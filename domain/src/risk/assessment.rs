//! How a withdrawal was judged.

use serde::{Deserialize, Serialize};

use super::{RiskInputs, RiskRuleName, Window};
use crate::text::{self, InvalidText};

/// What may become of a withdrawal now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskOutcome {
    /// It goes on to approval.
    Pass,
    /// Somebody has to look at it first.
    Review,
    /// Somebody has to look at it first, and another to approve it.
    Block,
}

impl RiskOutcome {
    pub const ALL: [Self; 3] = [Self::Pass, Self::Review, Self::Block];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Review => "review",
            Self::Block => "block",
        }
    }
}

impl std::fmt::Display for RiskOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for RiskOutcome {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "pass, review or block")
    }
}

/// What one rule says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleResult {
    pub rule: RiskRuleName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// The withdrawal is one of those the rule is about.
    pub hit: bool,
    /// What that counts: nothing without a hit.
    pub points: u32,
    /// In words, with the figures.
    pub reason: String,
}

/// A judgement, with all it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    pub rules_version: u32,
    pub inputs: RiskInputs,
    /// Of every rule that was on, in their order.
    pub results: Vec<RuleResult>,
    /// All points together.
    pub score: u32,
    pub outcome: RiskOutcome,
}
