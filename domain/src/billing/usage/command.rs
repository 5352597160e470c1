//! What can be asked of a customer's usage of a month.

use chrono::NaiveDate;

use super::{UsageEntry, UsageId};
use crate::billing::BillId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageCommand {
    /// All of them or none. `today` is the book's day, by which their dates are judged.
    Record { usage: UsageId, entries: Vec<UsageEntry>, today: NaiveDate },
    /// A bill counts everything recorded so far.
    Bill { usage: UsageId, bill: BillId },
    /// What came late made less: a note of this bill counts it.
    Credit { usage: UsageId, bill: BillId, note: u32 },
    /// What came late changed nothing that is owed: what counted last counts it too.
    Settle { usage: UsageId },
    /// The bill was voided.
    Unbill {
        usage: UsageId,
        bill: BillId,
        /// From when on it is owed no longer; `None` of a draft, which never was.
        voided_on: Option<NaiveDate>,
    },
}
