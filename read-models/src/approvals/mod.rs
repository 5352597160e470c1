//! What waits for a second person and what was decided, by which rules, and who decides in whose place.

mod approval;
mod delegation;
mod rules;

pub use approval::{
    ApprovalFilter, ApprovalGiven, ApprovalOrder, ApprovalRow, Approvals, Eyes, due_approvals, find_approval,
    list_approvals,
};
pub use delegation::{
    ApprovalDelegationRow, ApprovalDelegations, DelegationFilter, DelegationOrder, delegators_of,
    list_delegations,
};
pub use rules::{ApprovalRulesOfBook, ApprovalRulesProjection, ApprovalRulesRow, approval_rules_of_book};
