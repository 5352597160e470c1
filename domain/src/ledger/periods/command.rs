//! What can be asked of the accounting periods.

use chrono::NaiveDate;

use crate::actor::Actor;
use crate::month::Month;
use crate::requester::Requester;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodCommand {
    Close { period: Month, today: NaiveDate },
    RequestReopening { period: Month, requested_by: Requester, reason: Reason },
    ApproveReopening { period: Month, approved_by: Actor },
    RejectReopening { period: Month, rejected_by: Actor, reason: Reason },
}
