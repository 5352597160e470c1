//! A customer's requests of the last days, on the book: by them the next one is judged.

mod aggregate;
mod days;
mod event;
mod refusal;
#[cfg(test)]
mod tests;

pub use aggregate::{RiskHistory, RiskHistoryCommand};
pub use event::RiskHistoryEvent;
pub use refusal::RiskHistoryRefusal;
