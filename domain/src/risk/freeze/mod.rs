//! A wallet that is frozen: money comes in, and none goes out.

mod aggregate;
mod event;
mod refusal;
#[cfg(test)]
mod tests;

pub use aggregate::{WalletFreeze, WalletFreezeCommand};
pub use event::WalletFreezeEvent;
pub use refusal::WalletFreezeRefusal;
