//! A payment of an order through a channel: an attempt to pay, and whatever money came of it.
//!
//! Money that came is never ignored: what is not the order's is booked as excess, to be refunded, and stands out as an
//! exception until a person has looked at it. Must never decide what becomes of the order: both are decided together.

mod aggregate;
mod attempt;
mod command;
mod event;
mod exception;
mod id;
mod reference;
mod refusal;
mod rules;
mod state;
#[cfg(test)]
mod tests;

pub use aggregate::Payment;
pub use command::{OrderStanding, PaymentAttempt, PaymentCommand, PaymentWord, ReceivedPayment};
pub use event::PaymentEvent;
pub use exception::{DoubtReason, ExcessReason, PaymentExceptionKind};
pub use reference::PaymentReference;
pub use refusal::PaymentRefusal;
pub use state::PaymentState;
