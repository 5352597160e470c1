//! The book's rules of approval, in versions: each says all of them, and counts from when it was recorded.

mod aggregate;
mod event;
mod refusal;
#[cfg(test)]
mod tests;

pub use aggregate::{ApprovalRules, ApprovalRulesCommand};
pub use event::ApprovalRulesEvent;
pub use refusal::ApprovalRulesRefusal;
