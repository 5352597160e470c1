//! What people do with approvals: ask for one, give or reject it, let it expire, decide in another's place.
//!
//! Whatever takes a second person goes through here: who asks, asks for the approval in the same decision, and the
//! approval that completes it takes the thing's own step in the same decision.

mod agree;
mod ask;
mod change_approval_rules;
mod delegate_approvals;
mod end_delegation;
mod expire_approval;
mod give_approval;
mod outcome;
mod reject_approval;
mod subject;

pub(crate) use agree::{Agreed, Decider, agree, close, disagree};
pub(crate) use ask::{ask, missing_approvals, open_approval, price_plan_changes_wait};
pub use change_approval_rules::{ApprovalRulesOutcome, ChangeApprovalRules, change_approval_rules};
pub use delegate_approvals::{DelegateApprovals, delegate_approvals};
pub use end_delegation::end_delegation;
pub use expire_approval::expire_approval;
pub use give_approval::{GiveApproval, give_approval};
pub use outcome::{ApprovalOutcome, DelegationOutcome};
pub use reject_approval::{RejectApproval, reject_approval};
pub(crate) use subject::{Subject, Waiting};
