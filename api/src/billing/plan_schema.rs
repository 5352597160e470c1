//! How answers about price plans look in OpenAPI. Described here only; never made or read.

use chrono::{DateTime, NaiveDate, Utc};
use tallybook_read_models::billing::PricePlanSummary;
use tallybook_read_models::fold::Stamp;
use utoipa::ToSchema;

use super::schema::PriceItem;

/// The plan's last version as the command left it, or the one that waits for approval.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::PricePlanOutcome")]
pub(super) struct PricePlanOutcome {
    #[schema(example = "standard-2026")]
    plan: String,
    version: u32,
    effective_from: NaiveDate,
    /// What is done all the same, and may not be meant.
    #[schema(nullable = false)]
    warning: Option<PlanWarning>,
    /// What somebody else has to approve first; there only while it waits.
    #[schema(nullable = false, example = "price_plan_version.standard-2026.1")]
    approval: Option<String>,
    /// How many have still to approve it; there only while it waits.
    #[schema(nullable = false)]
    missing_approvals: Option<u32>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// Something that may surprise.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::PlanWarning")]
pub(super) struct PlanWarning {
    /// `begins_inside_month`: a version that takes another's place inside a month.
    #[schema(example = "begins_inside_month")]
    code: String,
    /// For people.
    detail: String,
}

/// What the customer is billed by from a day on, or will be once it is approved.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::SubscriptionOutcome")]
pub(super) struct SubscriptionOutcome {
    #[schema(example = "C00042")]
    customer: String,
    /// `null`: no plan.
    #[schema(example = "standard-2026")]
    plan: Option<String>,
    from: NaiveDate,
    /// What somebody else has to approve first; there only while it waits.
    #[schema(nullable = false, example = "price_plan_change.C00042.1")]
    approval: Option<String>,
    /// How many have still to approve it; there only while it waits.
    #[schema(nullable = false)]
    missing_approvals: Option<u32>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// What several customers are billed by from a day on.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::SubscriptionsOutcome")]
pub(super) struct SubscriptionsOutcome {
    #[schema(example = "standard-2026")]
    plan: String,
    from: NaiveDate,
    /// Those who had something else, or nothing.
    #[schema(example = json!(["C00042"]))]
    assigned: Vec<String>,
    /// Those whose change somebody else has to approve, each by itself; there only if there are any.
    #[schema(nullable = false, example = json!(["C00043"]))]
    requested: Option<Vec<String>>,
    /// How many had exactly this already.
    unchanged: u64,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// A plan and all it ever said.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_read_models::billing::PricePlan")]
pub(super) struct PricePlan {
    #[serde(flatten)]
    summary: PricePlanSummary,
    /// By the day on which they begin.
    versions: Vec<PricePlanVersion>,
    /// The version that waits for somebody else to approve.
    requested: Option<RequestedVersion>,
}

/// What somebody wants a plan to say from a day on.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_read_models::billing::RequestedVersion")]
pub(super) struct RequestedVersion {
    effective_from: NaiveDate,
    terms: PlanTerms,
    reason: Option<String>,
    #[schema(example = "user:li")]
    requested_by: String,
    requested_at: DateTime<Utc>,
}

/// What a plan says from a day on.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_read_models::billing::PricePlanVersionRow")]
pub(super) struct PricePlanVersion {
    version: u64,
    effective_from: NaiveDate,
    terms: PlanTerms,
    created: Stamp,
}

/// What is charged for.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_domain::billing::pricing::PlanTerms")]
pub(super) struct PlanTerms {
    /// ISO 4217.
    #[schema(pattern = "^[A-Z]{3}$", example = "CNY")]
    currency: String,
    items: Vec<PriceItem>,
    /// The least a period costs before tax.
    #[schema(nullable = false)]
    minimum: Option<String>,
    /// A part of the whole: `0.06` is 6 %.
    #[schema(nullable = false, example = "0.06")]
    tax_rate: Option<String>,
}

#[cfg(test)]
mod tests {
    use tallybook_commands::billing::{
        PlanWarning, PricePlanOutcome, SubscriptionOutcome, SubscriptionsOutcome,
    };
    use tallybook_domain::CustomerId;

    use crate::openapi::tests::assert_described;

    #[test]
    fn the_outcomes_are_described_as_they_are() {
        let (plan, day) = ("standard-2026".parse().unwrap(), "2026-01-01".parse().unwrap());
        let detail = "Version 2 begins inside 2026-01".into();
        let warning = Some(PlanWarning { code: "begins_inside_month".into(), detail });
        let approval = || Some("price_plan_version.standard-2026.1".parse().unwrap());
        let missing_approvals = Some(1);
        let outcome = PricePlanOutcome {
            plan,
            version: 2,
            effective_from: day,
            warning,
            approval: approval(),
            missing_approvals,
        };
        assert_described("PricePlanOutcome", &outcome);
        let (customer, plan) = (CustomerId::from_number(42), outcome.plan);
        let (assigned, requested) = (vec![customer.clone()], vec![customer.clone()]);
        let several = SubscriptionsOutcome { plan, from: day, assigned, requested, unchanged: 1 };
        assert_described("SubscriptionsOutcome", &several);
        let one =
            SubscriptionOutcome { customer, plan: None, from: day, approval: approval(), missing_approvals };
        assert_described("SubscriptionOutcome", &one);
    }
}
