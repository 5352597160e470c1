//! An account money was sent to, and whose withdrawals it took.

mod aggregate;
mod event;
mod refusal;
#[cfg(test)]
mod tests;

pub use aggregate::{Payee, PayeeCommand};
pub use event::PayeeEvent;
pub use refusal::PayeeRefusal;
