//! Whether requests can be served.

use axum::extract::State;
use axum::response::Response;

use super::readiness::Ready;
use crate::answer::plain;
use crate::problem::Problem;
use crate::state::ApiState;

/// Is the service ready?
///
/// 200 if the database answers and no migration is pending; else 503. The lag of the read models is told, and which
/// have stopped and where; that is no reason not to be ready.
#[utoipa::path(get, path = "/health/ready", tag = "operation", security(()), responses((status = 200, body = Ready)))]
pub(super) async fn ready(State(state): State<ApiState>) -> Result<Response, Problem> {
    plain(&*state.readiness().of(&state).await?)
}
