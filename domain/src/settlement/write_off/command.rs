//! What can be asked of a write-off.

use chrono::NaiveDate;

use super::{DifferenceLimits, Leg, StandingDifferences, WriteOffId};
use crate::actor::Actor;
use crate::ids::CustomerId;
use crate::requester::Requester;
use crate::settlement::matching::MatchEvidence;
use crate::text::Reason;

/// What is to be written off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteOffTerms {
    pub write_off: WriteOffId,
    pub customer: CustomerId,
    pub legs: Vec<Leg>,
    pub effective_date: NaiveDate,
    /// Of one that the rules of matching have found.
    pub matched: Option<MatchEvidence>,
}

/// `today` is the book's day, by which an effective date is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteOffCommand {
    /// It happens now, or waits for somebody else where a difference is above its maker's limit, or goes with no money.
    Make {
        terms: WriteOffTerms,
        requested_by: Requester,
        limits: DifferenceLimits,
        /// On the bills it is about.
        standing: StandingDifferences,
        today: NaiveDate,
    },
    Approve {
        write_off: WriteOffId,
        approved_by: Actor,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
    Reject {
        write_off: WriteOffId,
        rejected_by: Actor,
        reason: Reason,
    },
    /// Undoes one leg; the others stand, but for differences on a bill that nothing of this write-off pays any more.
    ReverseLeg {
        write_off: WriteOffId,
        leg: u32,
        reason: Reason,
        effective_date: NaiveDate,
        today: NaiveDate,
    },
}
