//! One rebuild.

use axum::extract::State;
use axum::response::Response;
use tallybook_projector::RebuildRecord;
use tallybook_read_models::Answer;

use super::rebuild::rebuild_at;
use crate::access::{Action, Caller};
use crate::answer::answer;
use crate::problem::Problem;
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See a rebuild
///
/// How far it is, written twice a second; and when it is over, what it changed or why it failed. As long as others use
/// the tables that are to be swapped, its phase is `waiting_to_swap`, and `waits_for` names their transactions: the swap
/// is done when they are over, or the rebuild can be cancelled. `dependents` of the report are SQL views and the like
/// that others have made over the tables: they follow the replaced tables until they are made anew.
#[utoipa::path(get, path = "/v1/projections/rebuilds/{id}", tag = "operation",
    params(("id" = String, Path, description = "The rebuild's id")),
    responses((status = 200, body = Answer<RebuildRecord>)))]
pub(super) async fn find_rebuild(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadProjections)?;
    input.finish(input.query())?;
    let data = rebuild_at(&state, &path).await?;
    answer(&Answer { data, position: state.book().head() })
}
