//! Matching (自动匹配): which open bills a receipt pays, how sure that is, and why, in words.
//!
//! Pure and deterministic: open bills, payers and rules come in, proposals come out. Every search is bounded and says
//! where it gave up. Must never decide: a proposal becomes a write-off as any other does, and may be refused there.

mod by_age;
mod by_amount;
mod by_reference;
mod draft;
mod evidence;
mod known_payers;
mod likeness;
mod matcher;
mod minor;
mod named_bills;
mod open_bills;
mod proposal;
mod rule;
mod rule_set;
mod run;
mod score;
mod subset;
mod taken;
#[cfg(test)]
mod tests;

pub use evidence::{MatchEvidence, MatchGround};
pub use known_payers::{KnownPayer, KnownPayers};
pub use matcher::Matcher;
pub use open_bills::{OpenBill, OpenBills};
pub use proposal::{FreeReceipt, GivenUp, Proposal, Proposals};
pub use rule::{MatchingRule, RuleName};
pub use rule_set::{InvalidRules, RuleSet};
pub use score::Score;
pub use taken::{TakenByRules, TakenOfBill};
