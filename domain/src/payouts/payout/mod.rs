//! One payout: from the order to what the bank says became of it.

mod aggregate;
mod command;
mod event;
mod refusal;
mod rules;
mod state;
#[cfg(test)]
mod tests;
mod told;

pub use aggregate::Payout;
pub use command::PayoutCommand;
pub use event::{PayoutEvent, Prepared};
pub use refusal::PayoutRefusal;
pub use state::PayoutState;
pub use told::{AnsweredStatus, Heard, PayoutAnswer, PayoutDoubt, UnknownCause};
