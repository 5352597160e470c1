//! One payout.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::payouts::PayoutId;
use tallybook_read_models::payouts::{Payout, Payouts, find_payout as find};
use tallybook_read_models::{Answer, Projection};

use super::list_payouts::mask;
use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See a payout
///
/// With all that happened to it.
#[utoipa::path(get, path = "/v1/payouts/{id}", tag = "payouts",
    params(("id" = String, Path, description = "The payout's id", example = "Y01K7RA8ZAYFGXSMRSF9FMC3M00")),
    responses((status = 200, body = Answer<Payout>)))]
pub(super) async fn find_payout(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let payout: PayoutId = path.parse(ProblemKind::PayoutNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[Payouts::NAME], view.as_ref(), fresh).await?;
    let Answer { mut data, position } = find(&pool, &payout).await?;
    if let Some(found) = &mut data {
        mask(&caller, &mut found.row.destination)?;
    }
    found(Answer { data, position }, ProblemKind::PayoutNotFound, &payout)
}
