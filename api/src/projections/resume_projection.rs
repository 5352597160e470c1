//! Letting a stopped projection try again.

use axum::Json;
use axum::extract::State;
use tallybook_projector::{ProjectionStatus, resume, statuses};

use super::projection::not_found;
use crate::access::{Action, Caller};
use crate::problem::{Problem, ProblemKind};
use crate::request::{CommandInput, NoBody, PathId};
use crate::state::ApiState;

/// Resume a projection
///
/// One that has stopped tries again the event it stopped at, and skips nothing: while the cause is not mended, it stops
/// there once more. Whoever leads it notices within a few seconds. One that runs stays as it is. The answer is the
/// projection as it stands then; of a dry run, as it stands.
#[utoipa::path(post, path = "/v1/projections/{name}/resume", tag = "operation",
    params(("name" = String, Path, description = "The projection's name", example = "wallets"),
        ("dry_run" = Option<bool>, Query, description = "Check that it could be asked for, and change nothing.")),
    responses((status = 200, body = ProjectionStatus)))]
pub(super) async fn resume_projection(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: CommandInput,
) -> Result<Json<ProjectionStatus>, Problem> {
    caller.may(Action::ResumeProjections)?;
    let name: String = path.parse(ProblemKind::ProjectionNotFound)?;
    let (context, NoBody) = input.command(&caller)?;
    let pool = state.book().pool();
    if !context.dry_run && resume(pool, &name).await? {
        tracing::info!(projection = name, by = %context.actor, request_id = context.request_id, "a projection is resumed");
    }
    let found = statuses(pool).await?.into_iter().find(|status| status.name == name);
    Ok(Json(found.ok_or_else(|| not_found(name))?))
}
