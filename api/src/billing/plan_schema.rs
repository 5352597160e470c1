//! How answers about price plans look in OpenAPI. Described here only; never made or read.

use chrono::NaiveDate;
use tallybook_read_models::billing::PricePlanSummary;
use tallybook_read_models::fold::Stamp;
use utoipa::ToSchema;

use super::schema::PriceItem;

/// The plan's last version as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::PricePlanOutcome")]
pub(super) struct PricePlanOutcome {
    #[schema(example = "standard-2026")]
    plan: String,
    version: u32,
    effective_from: NaiveDate,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// What the customer is billed by from a day on.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::SubscriptionOutcome")]
pub(super) struct SubscriptionOutcome {
    #[schema(example = "C00042")]
    customer: String,
    /// `null`: no plan.
    #[schema(example = "standard-2026")]
    plan: Option<String>,
    from: NaiveDate,
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
    use tallybook_commands::billing::{PricePlanOutcome, SubscriptionOutcome};
    use tallybook_domain::CustomerId;

    use crate::openapi::tests::assert_described;

    #[test]
    fn the_outcomes_are_described_as_they_are() {
        let (plan, day) = ("standard-2026".parse().unwrap(), "2026-01-01".parse().unwrap());
        assert_described("PricePlanOutcome", &PricePlanOutcome { plan, version: 1, effective_from: day });
        let customer = CustomerId::from_number(42);
        assert_described("SubscriptionOutcome", &SubscriptionOutcome { customer, plan: None, from: day });
    }
}
