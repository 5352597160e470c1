//! Why rules of approval may not be what somebody wants them to be.

use crate::approvals::InvalidApprovalRules;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalRulesRefusal {
    #[error(transparent)]
    Invalid(#[from] InvalidApprovalRules),
    #[error("somebody has changed the rules: they are at version {version}, not {expected}")]
    ChangedSince { expected: u32, version: u32 },
    #[error("the rules cannot be changed any more: their versions are used up")]
    TooMany,
}
