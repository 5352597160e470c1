//! The book's rules of risk, in versions: each says all of them, and counts from when it was recorded.

mod aggregate;
mod event;
mod refusal;
#[cfg(test)]
mod tests;

pub use aggregate::{RiskRules, RiskRulesCommand};
pub use event::RiskRulesEvent;
pub use refusal::RiskRulesRefusal;
