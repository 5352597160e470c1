//! The order: what was bought at which prices, what was paid of it, and how far it has come.

mod aggregate;
mod command;
mod event;
mod paid_with;
mod refusal;
mod rules;
mod standing;
mod state;
mod terms;
#[cfg(test)]
mod tests;

pub use aggregate::Order;
pub use command::OrderCommand;
pub use event::{OrderEvent, StepBy};
pub use paid_with::PaidWith;
pub use refusal::OrderRefusal;
pub use state::{OrderAction, OrderState};
pub use terms::{Discount, MOST_LINES, OrderDraft, OrderDraftLine, OrderLine, OrderTerms, ShippedPart};
