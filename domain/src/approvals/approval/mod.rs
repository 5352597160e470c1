//! The approval: who asked, who agreed, and whether they are enough.

mod aggregate;
mod command;
mod event;
mod refusal;
mod rules;
mod state;
#[cfg(test)]
mod tests;

pub use aggregate::Approval;
pub use command::{ApprovalCommand, Asked, Deciding};
pub use event::ApprovalEvent;
pub use refusal::ApprovalRefusal;
pub use state::{ApprovalState, Given};
