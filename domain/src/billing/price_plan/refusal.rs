//! Why something may not happen to a price plan.

use chrono::NaiveDate;

use super::PlanCode;
use crate::actor::Actor;
use crate::dates::EffectiveDateOutOfRange;
use crate::money::Currency;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PricePlanRefusal {
    #[error("there is no price plan {plan}")]
    NotFound { plan: PlanCode },
    #[error("there is a price plan {plan} already: add a version to it, or choose another code")]
    AlreadyExists { plan: PlanCode },
    #[error("version {version} of {plan} is in force from {latest}: the next one has to begin later")]
    NotLater { plan: PlanCode, version: u32, latest: NaiveDate },
    #[error("price plan {plan} is in {expected}: a version in {given} would be another plan")]
    CurrencyDiffers { plan: PlanCode, expected: Currency, given: Currency },
    #[error(
        "{requested_by} has asked for a version of {plan}: it has to be approved, rejected or taken back before another"
    )]
    VersionUnderWay { plan: PlanCode, requested_by: Actor },
    #[error("nobody has asked for a version of {plan}")]
    VersionNotRequested { plan: PlanCode },
    #[error("{requested_by} asked for the version of {plan}, so someone else has to approve it")]
    SelfApproval { plan: PlanCode, requested_by: Actor },
    #[error(transparent)]
    EffectiveDate(#[from] EffectiveDateOutOfRange),
}
