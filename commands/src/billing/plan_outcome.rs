//! What a command on a price plan answers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::{PlanCode, PlanVersion, PricePlan, PricePlanRefusal};
use tallybook_domain::{CustomerId, Month, Refusal};
use tallybook_event_store::Decision;

/// The plan's version as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricePlanOutcome {
    pub plan: PlanCode,
    pub version: u32,
    pub effective_from: NaiveDate,
    /// What may not be meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<PlanWarning>,
}

/// What is done all the same, and may surprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanWarning {
    pub code: String,
    pub detail: String,
}

impl PricePlanOutcome {
    /// Of the last version.
    pub(super) fn of(decision: &Decision<'_>, plan: &PlanCode) -> Result<Self, Refusal> {
        match decision.state::<PricePlan>(&plan.stream()).versions().last() {
            Some(last) => {
                let (version, effective_from) = (last.version, last.effective_from);
                let warning = PlanWarning::of(last);
                Ok(Self { plan: plan.clone(), version, effective_from, warning })
            }
            None => Err(PricePlanRefusal::NotFound { plan: plan.clone() }.into()),
        }
    }
}

impl PlanWarning {
    /// Of a version that takes another's place inside a month.
    fn of(PlanVersion { version, effective_from, .. }: &PlanVersion) -> Option<Self> {
        let month = Month::of(*effective_from)?;
        if *version == 1 || *effective_from == month.first_day() {
            return None;
        }
        let detail = format!(
            "Version {version} begins inside {month}: each part of that month is priced by itself, so tiers, included \
             units and packages begin anew on {effective_from}. A version that begins on the first day of a month keeps \
             each month in one piece."
        );
        Some(Self { code: "begins_inside_month".into(), detail })
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
