//! What every way to the bank can be asked to do.

use std::fmt;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use tallybook_domain::payouts::{Heard, PayoutId, Prepared};

/// A way to the bank.
pub(super) trait PayoutAdapter: fmt::Debug + Send + Sync {
    /// Asks what became of a payout. Sends nothing.
    fn ask<'a>(&'a self, payout: &'a PayoutId, now: DateTime<Utc>) -> BoxFuture<'a, Asked>;

    /// Gives an order to the bank. Called at most once for each, ever, and only after it is durable that it is: `began` is
    /// when that was, and what the order is signed as of.
    fn send<'a>(&'a self, order: &'a Prepared, began: DateTime<Utc>) -> BoxFuture<'a, Heard>;
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// An answer, or that nobody knows it.
    Heard(Heard),
    /// Nothing that says what became of it.
    Nothing,
    /// There is nobody to ask: a person says what the bank says.
    ByHand,
}
