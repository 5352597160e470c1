//! The wallet: a customer's money in one currency.

mod aggregate;
mod command;
mod event;
mod funds;
mod refusal;
#[cfg(test)]
mod tests;

pub use aggregate::Wallet;
pub use command::{DepositFacts, WalletCommand};
pub use event::WalletEvent;
pub use refusal::WalletRefusal;
