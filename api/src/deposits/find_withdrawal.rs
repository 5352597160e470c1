//! One withdrawal.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::WithdrawalId;
use tallybook_read_models::deposits::{Withdrawal, Withdrawals, find_withdrawal as find};
use tallybook_read_models::{Answer, Projection};

use super::list_withdrawals::as_seen_by;
use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See a withdrawal
#[utoipa::path(get, path = "/v1/withdrawals/{id}", tag = "withdrawals",
    params(("id" = String, Path, description = "The withdrawal's id")),
    responses((status = 200, body = Answer<Withdrawal>)))]
pub(super) async fn find_withdrawal(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let withdrawal: WithdrawalId = path.parse(ProblemKind::WithdrawalNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[Withdrawals::NAME], view.as_ref(), fresh).await?;
    let Answer { data, position } = find(&pool, &withdrawal).await?;
    let data = data.map(|row| as_seen_by(&caller, row)).transpose()?;
    found(Answer { data, position }, ProblemKind::WithdrawalNotFound, &withdrawal)
}
