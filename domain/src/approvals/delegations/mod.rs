//! Approving in somebody's place: for how long, and who says so.

mod aggregate;
mod event;
mod id;
mod refusal;
#[cfg(test)]
mod tests;

pub use aggregate::{ApprovalDelegations, ApprovalDelegationsCommand};
pub use event::ApprovalDelegationsEvent;
pub use id::DelegationId;
pub use refusal::ApprovalDelegationsRefusal;
