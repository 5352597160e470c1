//! One write-off.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::settlement::WriteOffId;
use tallybook_read_models::settlement::{WriteOff, WriteOffs, find_write_off as find};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See a write-off
#[utoipa::path(get, path = "/v1/write-offs/{id}", tag = "write-offs",
    params(("id" = String, Path, description = "The write-off's id")),
    responses((status = 200, body = Answer<WriteOff>)))]
pub(super) async fn find_write_off(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let write_off: WriteOffId = path.parse(ProblemKind::WriteOffNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[WriteOffs::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, &write_off).await?, ProblemKind::WriteOffNotFound, &write_off)
}
