//! One bill run.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::Month;
use tallybook_read_models::billing::{BillRunStatus, BillRuns, Bills, find_bill_run as find};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See a bill run
///
/// How far it is, what it has come to since it was started last, and the first hundred customers it could not bill.
#[utoipa::path(get, path = "/v1/bill-runs/{month}", tag = "bills",
    params(("month" = String, Path, example = "2026-10")),
    responses((status = 200, body = Answer<BillRunStatus>)))]
pub(super) async fn find_bill_run(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let month: Month = path.parse(ProblemKind::BillRunNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[BillRuns::NAME, Bills::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, month).await?, ProblemKind::BillRunNotFound, &month)
}
