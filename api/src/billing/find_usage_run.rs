//! One run of a usage source.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::billing::usage_source::UsageRunId;
use tallybook_read_models::billing::{UsageRunStatus, UsageRuns, find_usage_run as find};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See a run of a usage source
///
/// How far it is, what has come, and what could not be collected and why.
#[utoipa::path(get, path = "/v1/usage/runs/{id}", tag = "usage",
    params(("id" = String, Path, example = "meters.7")),
    responses((status = 200, body = Answer<UsageRunStatus>)))]
pub(super) async fn find_usage_run(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let id: UsageRunId = path.parse(ProblemKind::UsageRunNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[UsageRuns::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, &id).await?, ProblemKind::UsageRunNotFound, &id)
}
