//! Payouts that are given to the bank together, in one file.

mod aggregate;
mod event;
mod refusal;
#[cfg(test)]
mod tests;

pub use aggregate::{PayoutBatch, PayoutBatchCommand};
pub use event::PayoutBatchEvent;
pub use refusal::PayoutBatchRefusal;
