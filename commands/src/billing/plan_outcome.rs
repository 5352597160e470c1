//! What a command on a price plan answers.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::approvals::ApprovalId;
use tallybook_domain::billing::{PlanCode, PlanVersionRequest, PricePlan, PricePlanRefusal};
use tallybook_domain::{CustomerId, Month, Refusal};
use tallybook_event_store::Decision;

/// The plan's version as the command left it; one that waits is not in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricePlanOutcome {
    pub plan: PlanCode,
    pub version: u32,
    pub effective_from: NaiveDate,
    /// What may not be meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<PlanWarning>,
    /// What somebody else has to approve first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalId>,
    /// How many have still to approve it, while it waits for somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_approvals: Option<u32>,
}

/// What is done all the same, and may surprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanWarning {
    pub code: String,
    pub detail: String,
}

impl PricePlanOutcome {
    /// Of the version that waits, or else the last one.
    pub(super) fn of(decision: &Decision<'_>, plan: &PlanCode) -> Result<Self, Refusal> {
        let state = decision.state::<PricePlan>(&plan.stream());
        let Some(last) = state.versions().last() else {
            return Err(PricePlanRefusal::NotFound { plan: plan.clone() }.into());
        };
        let (version, effective_from) = match state.requested() {
            Some(PlanVersionRequest { effective_from, .. }) => (last.version + 1, *effective_from),
            None => (last.version, last.effective_from),
        };
        let (plan, warning) = (plan.clone(), PlanWarning::of(version, effective_from));
        Ok(Self { plan, version, effective_from, warning, approval: None, missing_approvals: None })
    }
}

impl PlanWarning {
    /// Of a version that takes another's place inside a month.
    fn of(version: u32, effective_from: NaiveDate) -> Option<Self> {
        let month = Month::of(effective_from)?;
        if version == 1 || effective_from == month.first_day() {
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

/// What a customer is billed by from a day on; what waits is not so yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionOutcome {
    pub customer: CustomerId,
    /// `None`: no plan.
    pub plan: Option<PlanCode>,
    pub from: NaiveDate,
    /// What somebody else has to approve first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalId>,
    /// How many have still to approve it, while it waits for somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_approvals: Option<u32>,
}
