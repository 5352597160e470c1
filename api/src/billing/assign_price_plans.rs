//! Changing what several customers are billed by.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::billing::{self as commands, AssignPricePlans};
use tallybook_domain::CustomerId;
use tallybook_domain::billing::PlanCode;
use tallybook_domain::text::Reason;
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
    /// For whoever has to approve it.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    reason: Option<Reason>,
}

impl ReadBody for AssignPricePlansBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let customers = body.required("customers", |value| list(value, MOST, text::<CustomerId>));
        let (plan, from) = (body.required("plan", text), body.required("from", date));
        let reason = body.optional("reason", text);
        if customers.as_ref().is_some_and(Vec::is_empty) {
            body.refuse("/customers", "empty", "must name at least one customer");
        }
        let customers = customers?.into_iter().flatten().collect();
        Some(Self { customers, plan: plan?, from: from?, reason })
    }
}

/// Assign a price plan to several customers
///
/// For each as for one; all or none. Who is billed by it from that day on already stays so. Where the rules of approval say
/// so, each waits for an approval of its own (`requested`).
#[utoipa::path(post, path = "/v1/customers/price-plan", tag = "price-plans",
    request_body = AssignPricePlansBody, responses((status = 200, body = SubscriptionsOutcome)))]
pub(super) async fn assign_price_plans(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::ManageCustomers)?;
    let (context, body) = input.command::<AssignPricePlansBody>(&caller)?;
    let AssignPricePlansBody { customers, plan, from, reason } = body;
    let assign = AssignPricePlans { customers, plan, from, reason };
    done(&commands::assign_price_plans(state.book(), context, assign).await?)
}
