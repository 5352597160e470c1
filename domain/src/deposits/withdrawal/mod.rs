//! The withdrawal: who asked for money, who approved it, and what the bank made of it.

mod aggregate;
mod command;
mod event;
mod refusal;
mod rules;
mod state;
#[cfg(test)]
mod tests;

pub use aggregate::Withdrawal;
pub use command::WithdrawalCommand;
pub use event::WithdrawalEvent;
pub use refusal::WithdrawalRefusal;
pub use state::{WithdrawalAction, WithdrawalState};
