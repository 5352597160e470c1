//! Double entry: which accounts an event moves money between.
//!
//! Every event that moves money posts to at least two accounts, debits equal to credits in each currency; every
//! other event posts nothing. Must never depend on anything but the event.

mod chart;
pub mod periods;
mod postings;
#[cfg(test)]
mod tests;

pub use chart::{Account, AccountCode, AccountKind, UnknownAccount};
pub use postings::{Posting, Side, Unbalanced, check_balanced, effective_date, postings};
