//! One accounting period.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::Month;
use tallybook_read_models::ledger::{PeriodRow, Periods, find_period as find};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See an accounting period
///
/// One that was never closed is open, and is not found.
#[utoipa::path(get, path = "/v1/ledger/periods/{month}", tag = "periods",
    params(("month" = String, Path, example = "2026-10")),
    responses((status = 200, body = Answer<PeriodRow>)))]
pub(super) async fn find_period(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let month: Month = path.parse(ProblemKind::PeriodNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[Periods::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, month).await?, ProblemKind::PeriodNotFound, &month)
}
