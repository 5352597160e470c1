//! Changing what several customers are billed by.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::billing::{self as commands, AssignPricePlans};
use tallybook_domain::CustomerId;
use tallybook_domain::billing::PlanCode;
use utoipa::ToSchema;

use super::plan_schema::SubscriptionsOutcome;
use crate::access::{Action, Caller};
use crate::answer::done;
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, ReadBody, date, list, text};
use crate::state::ApiState;

/// Customers of one request.
const MOST: usize = 1_000;

/// What these customers are billed by from a day on.
#[derive(Debug, ToSchema)]
pub(super) struct AssignPricePlansBody {
    /// All of them are given the plan, or none.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 1000, example = json!(["C00042"]))]
    customers: Vec<CustomerId>,
    #[schema(value_type = String, example = "standard-2026")]
    plan: PlanCode,
    /// The first day with it.
    from: NaiveDate,
}

impl ReadBody for AssignPricePlansBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let customers = body.required("customers", |value| list(value, MOST, text::<CustomerId>));
        let (plan, from) = (body.required("plan", text), body.required("from", date));
        if customers.as_ref().is_some_and(Vec::is_empty) {
            body.refuse("/customers", "empty", "must name at least one customer");
        }
        let customers = customers?.into_iter().flatten().collect();
        Some(Self { customers, plan: plan?, from: from? })
    }
}

/// Assign a price plan to several customers
///
/// For each as for one; all or none. Who is billed by it from that day on already stays so.
#[utoipa::path(post, path = "/v1/customers/price-plan", tag = "price-plans",
    request_body = AssignPricePlansBody, responses((status = 200, body = SubscriptionsOutcome)))]
pub(super) async fn assign_price_plans(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::ManageCustomers)?;
    let (context, body) = input.command::<AssignPricePlansBody>(&caller)?;
    let AssignPricePlansBody { customers, plan, from } = body;
    let assign = AssignPricePlans { customers, plan, from };
    done(&commands::assign_price_plans(state.book(), context, assign).await?)
}
