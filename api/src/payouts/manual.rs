//! By hand: a person takes a file to the bank, and says what became of it by the steps of the withdrawal.

use chrono::{DateTime, Utc};
use futures::future::{BoxFuture, ready};
use tallybook_domain::payouts::{Heard, PayoutId, Prepared, UnknownCause};

use super::adapter::{Asked, PayoutAdapter};

#[derive(Debug)]
pub(super) struct ManualAdapter;

impl PayoutAdapter for ManualAdapter {
    fn ask<'a>(&'a self, _: &'a PayoutId, _: DateTime<Utc>) -> BoxFuture<'a, Asked> {
        Box::pin(ready(Asked::ByHand))
    }

    /// Nothing goes out by itself, and nobody begins to send what goes by hand.
    fn send<'a>(&'a self, _: &'a Prepared, _: DateTime<Utc>) -> BoxFuture<'a, Heard> {
        Box::pin(ready(Heard::Nothing(UnknownCause::Unreachable)))
    }
}
