//! What can be asked of a payout.

use chrono::NaiveDate;

use super::{Heard, PayoutAnswer, Prepared};
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayoutCommand {
    /// Write the order.
    Prepare(Prepared),
    /// Take it upon oneself to send it. Only one who is not refused may, and only once.
    BeginSending,
    /// Something was heard of it; `today` is the book's day.
    Hear { heard: Heard, today: NaiveDate },
    /// An answer was heard while the wallet has what it takes to believe that a payout was paid which a person had called
    /// failed.
    HearAfterAll { answer: PayoutAnswer, today: NaiveDate },
    /// A person says that it was paid.
    Succeed { paid_date: NaiveDate },
    /// A person says that it was not paid, and will not be.
    Fail { reason: Reason },
    /// A person says that the money came back.
    Return { reason: Reason, returned_date: NaiveDate },
    /// A person has looked at what was doubted after the end.
    ResolveDoubt { reason: Reason },
}
