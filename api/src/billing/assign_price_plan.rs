//! Changing what a customer is billed by.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::billing::{self as commands, AssignPricePlan, EndPricePlan};
use tallybook_domain::billing::PlanCode;
use utoipa::ToSchema;

use super::plan_schema::SubscriptionOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, text};
use crate::state::ApiState;

/// What the customer is billed by from a day on.
#[derive(Debug, ToSchema)]
pub(super) struct AssignPricePlanBody {
    /// `null` ends the plan. Needed all the same, so that none ends by a slip.
    #[schema(value_type = Option<String>, required, example = "standard-2026")]
    plan: Option<PlanCode>,
    /// The first day with it, or without one.
    from: NaiveDate,
}

impl ReadBody for AssignPricePlanBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let plan = body.nullable("plan", text);
        let from = body.required("from", date);
        Some(Self { plan: plan?, from: from? })
    }
}

/// Assign or end a customer's price plan
///
/// From a day on, up to 24 months back, as long as no month from then on is billed. What was planned for later days is
/// void. What is so already changes nothing.
#[utoipa::path(post, path = "/v1/customers/{id}/price-plan", tag = "price-plans",
    request_body = AssignPricePlanBody, params(("id" = String, Path, example = "C00042")),
    responses((status = 200, body = SubscriptionOutcome)))]
pub(super) async fn assign_price_plan(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, customer, AssignPricePlanBody { plan, from }) =
        input.read(Action::ManageCustomers, ProblemKind::CustomerNotFound)?;
    let receipt = match plan {
        Some(plan) => {
            let assign = AssignPricePlan { customer, plan, from };
            commands::assign_price_plan(state.book(), context, assign).await?
        }
        None => commands::end_price_plan(state.book(), context, EndPricePlan { customer, from }).await?,
    };
    done(&receipt)
}
