//! Credit limits (信用额度): who would owe more than its file allows is told of, or not billed.
//!
//! Must never look at the bills themselves: what is owed comes with the command, from the same decision.

mod alert;
mod event;
mod id;
mod passed;
mod policy;
mod refusal;
#[cfg(test)]
mod tests;

pub use alert::{CreditAlert, CreditAlertCommand};
pub use event::CreditAlertEvent;
pub use id::CreditAlertId;
pub use passed::PassedLimit;
pub use policy::CreditPolicy;
pub use refusal::CreditLimitRefusal;
