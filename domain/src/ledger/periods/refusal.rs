//! Why something may not happen to an accounting period, or in it.

use chrono::NaiveDate;

use crate::actor::Actor;
use crate::month::Month;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodRefusal {
    #[error("{period} is closed: nothing can be effective on {effective_date}; date it in an open period")]
    Closed { period: Month, effective_date: NaiveDate },
    #[error("{period} is not over on {today}: it can be closed on the day after its last")]
    NotOver { period: Month, today: NaiveDate },
    #[error("{period} is not closed")]
    NotClosed { period: Month },
    #[error("nobody has asked to reopen {period}")]
    ReopeningNotRequested { period: Month },
    #[error("{requested_by} has asked to reopen {period} already: it waits for somebody else's approval")]
    ReopeningUnderWay { period: Month, requested_by: Actor },
    #[error("{requested_by} asked to reopen {period}, so someone else has to approve it")]
    SelfApproval { period: Month, requested_by: Actor },
}
