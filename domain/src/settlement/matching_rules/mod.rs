//! The book's rules of matching, in versions: each says all of them, and counts from when it was recorded.

mod aggregate;
mod event;
mod refusal;
#[cfg(test)]
mod tests;

pub use aggregate::{MatchingRules, MatchingRulesCommand};
pub use event::MatchingRulesEvent;
pub use refusal::MatchingRulesRefusal;
