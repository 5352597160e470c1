//! Cancelling a rebuild.

use axum::Json;
use axum::extract::State;
use tallybook_projector::RebuildRecord;
use uuid::Uuid;

use super::rebuild::not_found;
use crate::access::{Action, Caller};
use crate::problem::{Problem, ProblemKind};
use crate::request::{CommandInput, NoBody, PathId};
use crate::state::ApiState;

/// Cancel a rebuild
///
/// One that waits is cancelled at once, one under way within a second or so; the tables in use are as they were. One
/// that is over stays as it is. Cancelling it again changes nothing.
#[utoipa::path(post, path = "/v1/projections/rebuilds/{id}/cancel", tag = "operation",
    params(("id" = String, Path, description = "The rebuild's id")),
    responses((status = 200, body = RebuildRecord)))]
pub(super) async fn cancel_rebuild(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: CommandInput,
) -> Result<Json<RebuildRecord>, Problem> {
    caller.may(Action::RebuildProjections)?;
    let id: Uuid = path.parse(ProblemKind::RebuildNotFound)?;
    let NoBody = input.body()?;
    let cancelled = tallybook_projector::cancel_rebuild(state.book().pool(), id).await?;
    Ok(Json(cancelled.ok_or_else(|| not_found(id))?))
}
