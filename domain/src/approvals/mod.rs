//! Approvals: whatever takes a second person asks for one here, and is decided here.
//!
//! What is asked for belongs to another context and keeps its own events; an approval says who asked, who has agreed, and
//! who has still to. Must never know what an approved thing does: whoever takes its step takes it in the same decision.

pub mod approval;
pub mod approval_rules;
pub mod delegations;
mod event;
mod id;
mod kind;
mod rule_set;
mod subject;
#[cfg(test)]
mod tests;

pub use approval::{
    Approval, ApprovalCommand, ApprovalEvent, ApprovalRefusal, ApprovalState, Deciding, Given,
};
pub use approval_rules::{ApprovalRules, ApprovalRulesCommand, ApprovalRulesEvent, ApprovalRulesRefusal};
pub use delegations::{
    ApprovalDelegations, ApprovalDelegationsCommand, ApprovalDelegationsEvent, ApprovalDelegationsRefusal,
    DelegationId,
};
pub use event::ApprovalsEvent;
pub use id::ApprovalId;
pub use kind::ApprovalKind;
pub use rule_set::{
    ApprovalRuleSet, ApprovalTerms, InvalidApprovalRules, LadderStep, MOST_APPROVERS, MOST_HOURS, TermsOfKind,
};
pub use subject::ApprovalSubject;
