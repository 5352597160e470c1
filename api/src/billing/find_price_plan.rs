//! One price plan.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::billing::PlanCode;
use tallybook_read_models::billing::{PricePlans, find_price_plan as find};
use tallybook_read_models::{Answer, Projection};

use super::plan_schema::PricePlan;
use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See a price plan
///
/// With the terms of all of its versions, and in `requested` of the one that somebody else has to approve first.
#[utoipa::path(get, path = "/v1/price-plans/{code}", tag = "price-plans",
    params(("code" = String, Path, example = "standard-2026")),
    responses((status = 200, body = Answer<PricePlan>)))]
pub(super) async fn find_price_plan(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let plan: PlanCode = path.parse(ProblemKind::PricePlanNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[PricePlans::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, &plan, state.book().today()).await?, ProblemKind::PricePlanNotFound, &plan)
}
