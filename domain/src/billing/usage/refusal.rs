//! Why usage cannot be recorded or billed.

use chrono::NaiveDate;

use super::{UsageId, UsageReference};
use crate::billing::BillId;
use crate::billing::pricing::{Meter, Quantity};
use crate::dates::EffectiveDateOutOfRange;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsageRefusal {
    #[error(
        "{recorded} of {meter} is recorded for {date} under the reference {reference:?}, not {given}: \
         say that it is a correction, or use another reference"
    )]
    Differs { meter: Meter, date: NaiveDate, reference: UsageReference, recorded: Quantity, given: Quantity },
    #[error(
        "nothing of {meter} is recorded for {date} under the reference {reference:?}, so nothing to correct"
    )]
    NotRecorded { meter: Meter, date: NaiveDate, reference: UsageReference },
    #[error("the sum of {meter} in {usage} would be more than 10^15")]
    SumOutOfRange { usage: UsageId, meter: Meter },
    #[error(transparent)]
    Date(#[from] EffectiveDateOutOfRange),
    #[error("{usage} is billed by {bill} already")]
    BilledAlready { usage: UsageId, bill: BillId },
    #[error("{usage} is not billed, so nothing in it is late")]
    NotBilled { usage: UsageId },
    #[error("{usage} has no usage that {bill} does not bill")]
    NothingLate { usage: UsageId, bill: BillId },
    #[error(
        "{later} bills what came after {bill}: void it first; if it has a credit or debit note, both stay: correct the usage and settle it, or write notes"
    )]
    LaterBillStands { bill: BillId, later: BillId },
}
