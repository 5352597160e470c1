//! One deposit.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::DepositId;
use tallybook_read_models::deposits::{DepositRow, Deposits, find_deposit as find};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See a deposit
#[utoipa::path(get, path = "/v1/deposits/{id}", tag = "deposits",
    params(("id" = String, Path, example = "C00042.CNY.17")),
    responses((status = 200, body = Answer<DepositRow>)))]
pub(super) async fn find_deposit(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let deposit: DepositId = path.parse(ProblemKind::DepositNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[Deposits::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, &deposit).await?, ProblemKind::DepositNotFound, &deposit)
}
