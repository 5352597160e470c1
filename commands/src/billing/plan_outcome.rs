//! What a command on a price plan answers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::{PlanCode, PricePlan, PricePlanRefusal};
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::Decision;

/// The plan's version as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricePlanOutcome {
    pub plan: PlanCode,
    pub version: u32,
    pub effective_from: NaiveDate,
}

impl PricePlanOutcome {
    /// Of the last version.
    pub(super) fn of(decision: &Decision<'_>, plan: &PlanCode) -> Result<Self, Refusal> {
        match decision.state::<PricePlan>(&plan.stream()).versions().last() {
            Some(last) => {
                let (version, effective_from) = (last.version, last.effective_from);
                Ok(Self { plan: plan.clone(), version, effective_from })
            }
            None => Err(PricePlanRefusal::NotFound { plan: plan.clone() }.into()),
        }
    }
}

/// What a customer is billed by from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionOutcome {
    pub customer: CustomerId,
    /// `None`: no plan.
    pub plan: Option<PlanCode>,
    pub from: NaiveDate,
}
