//! Creating a price plan.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::billing::{self as commands, CreatePricePlan};
use tallybook_domain::billing::pricing::{Fee, PlanTerms, Rate};
use tallybook_domain::billing::{PlanCode, PlanName};
use utoipa::ToSchema;

use super::plan_schema::PricePlanOutcome;
use super::schema;
use super::terms::terms;
use crate::access::{Action, Caller};
use crate::answer::created;
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, ReadBody, date, text};
use crate::state::ApiState;

#[derive(Debug)]
struct CreatePricePlanBody {
    code: PlanCode,
    name: PlanName,
    effective_from: Option<NaiveDate>,
    terms: PlanTerms,
}

/// A price plan and its first version.
#[derive(Debug, ToSchema)]
#[schema(as = CreatePricePlanBody)]
#[expect(dead_code, reason = "describes what CreatePricePlanBody reads")]
pub(super) struct CreatePricePlanSchema {
    /// A letter or digit, then letters, digits, `_` or `-`; once per book.
    #[schema(value_type = String, example = "standard-2026", max_length = 40)]
    code: PlanCode,
    #[schema(value_type = String, min_length = 1, max_length = 200)]
    name: PlanName,
    /// The first day on which it can be had: today, if left out.
    effective_from: Option<NaiveDate>,
    /// ISO 4217; the same in all versions.
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

impl ReadBody for CreatePricePlanBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let code = body.required("code", text);
        let name = body.required("name", text);
        let effective_from = body.optional("effective_from", date);
        let terms = terms(body);
        Some(Self { code: code?, name: name?, effective_from, terms: terms? })
    }
}

/// Create a price plan
///
/// With the terms of its first version. `POST /v1/pricing/quote` tries terms out beforehand.
#[utoipa::path(post, path = "/v1/price-plans", tag = "price-plans", request_body = CreatePricePlanSchema,
    responses((status = 201, body = PricePlanOutcome)))]
pub(super) async fn create_price_plan(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::ManagePricePlans)?;
    let (context, body) = input.command(&caller)?;
    let CreatePricePlanBody { code: plan, name, effective_from, terms } = body;
    let create = CreatePricePlan { plan, name, effective_from, terms };
    let receipt = commands::create_price_plan(state.book(), context, create).await?;
    created(&receipt)
}
