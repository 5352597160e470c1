//! Changing what a customer is billed by.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::billing::{self as commands, AssignPricePlan, EndPricePlan};
use tallybook_domain::billing::PlanCode;
use tallybook_domain::text::Reason;
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
    /// For whoever has to approve it.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    reason: Option<Reason>,
}

impl ReadBody for AssignPricePlanBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let plan = body.nullable("plan", text);
        let from = body.required("from", date);
        let reason = body.optional("reason", text);
        Some(Self { plan: plan?, from: from?, reason })
    }
}

/// Assign or end a customer's price plan
///
/// From a day on, up to 24 months back, as long as no month from then on is billed. What was planned for later days is
/// void. What is so already changes nothing. Where the rules of approval say so, it waits until somebody else has
/// approved it (`approval`), and is so from the same day on then.
#[utoipa::path(post, path = "/v1/customers/{id}/price-plan", tag = "price-plans",
    request_body = AssignPricePlanBody, params(("id" = String, Path, example = "C00042")),
    responses((status = 200, body = SubscriptionOutcome)))]
pub(super) async fn assign_price_plan(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, customer, AssignPricePlanBody { plan, from, reason }) =
        input.read(Action::ManageCustomers, ProblemKind::CustomerNotFound)?;
    let receipt = match plan {
        Some(plan) => {
            let assign = AssignPricePlan { customer, plan, from, reason };
            commands::assign_price_plan(state.book(), context, assign).await?
        }
        None => {
            let end = EndPricePlan { customer, from, reason };
            commands::end_price_plan(state.book(), context, end).await?
        }
    };
    done(&receipt)
}
