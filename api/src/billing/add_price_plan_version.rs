//! A new version of a price plan.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::billing::{self as commands, AddPricePlanVersion};
use tallybook_domain::billing::pricing::{Fee, PlanTerms, Rate};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::plan_schema::PricePlanOutcome;
use super::schema;
use super::terms::terms;
use crate::access::Action;
use crate::answer::created;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, text};
use crate::state::ApiState;

#[derive(Debug)]
struct AddPricePlanVersionBody {
    effective_from: NaiveDate,
    reason: Option<Reason>,
    terms: PlanTerms,
}

/// What the plan says from a day on.
#[derive(Debug, ToSchema)]
#[schema(as = AddPricePlanVersionBody)]
#[expect(dead_code, reason = "describes what AddPricePlanVersionBody reads")]
pub(super) struct AddPricePlanVersionSchema {
    /// After the day on which the version before it begins.
    effective_from: NaiveDate,
    /// For whoever has to approve it.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    reason: Option<Reason>,
    /// That of the plan.
    #[schema(pattern = "^[A-Z]{3}$", example = "CNY")]
    currency: String,
    #[schema(min_items = 1, max_items = 200)]
    items: Vec<schema::PriceItem>,
    /// The least a period costs before tax.
    #[schema(value_type = Option<String>, example = "100")]
    minimum: Option<Fee>,
    /// A part of the whole: `0.06` is 6 %.
    #[schema(value_type = Option<String>, example = "0.06")]
    tax_rate: Option<Rate>,
}

impl ReadBody for AddPricePlanVersionBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let effective_from = body.required("effective_from", date);
        let reason = body.optional("reason", text);
        let terms = terms(body);
        Some(Self { effective_from: effective_from?, reason, terms: terms? })
    }
}

/// Add a version to a price plan
///
/// The whole terms, not what is new in them. What was billed by versions before it stays as it is. Where the rules of
/// approval say so, it waits until somebody else has approved it (`approval`), and is in force from the same day on then.
#[utoipa::path(post, path = "/v1/price-plans/{code}/versions", tag = "price-plans",
    request_body = AddPricePlanVersionSchema, params(("code" = String, Path, example = "standard-2026")),
    responses((status = 201, body = PricePlanOutcome)))]
pub(super) async fn add_price_plan_version(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, plan, AddPricePlanVersionBody { effective_from, reason, terms }) =
        input.read(Action::ManagePricePlans, ProblemKind::PricePlanNotFound)?;
    let add = AddPricePlanVersion { plan, effective_from, terms, reason };
    let receipt = commands::add_price_plan_version(state.book(), context, add).await?;
    created(&receipt)
}
