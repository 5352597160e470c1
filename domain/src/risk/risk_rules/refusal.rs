//! Why rules of risk may not be what somebody wants them to be.

use crate::risk::InvalidRiskRules;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RiskRulesRefusal {
    #[error(transparent)]
    Invalid(#[from] InvalidRiskRules),
    #[error("somebody has changed the rules: they are at version {version}, not {expected}")]
    ChangedSince { expected: u32, version: u32 },
    #[error("the rules cannot be changed any more: their versions are used up")]
    TooMany,
}
