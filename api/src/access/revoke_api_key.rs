//! Revoking an API key.

use axum::Json;
use axum::extract::State;

use super::api_keys::{ApiKey, find_key};
use super::principal::Credential;
use super::token::KeyId;
use super::{Action, Caller};
use crate::problem::{Problem, ProblemKind};
use crate::request::{CommandInput, NoBody, PathId};
use crate::state::ApiState;

/// Revoke an API key
///
/// It is good for nothing from now on. Revoking it again changes nothing.
#[utoipa::path(post, path = "/v1/api-keys/{id}/revoke", tag = "access",
    params(("id" = String, Path, description = "The key's id")),
    responses((status = 200, body = ApiKey)))]
pub(super) async fn revoke_api_key(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: CommandInput,
) -> Result<Json<ApiKey>, Problem> {
    caller.may(Action::ManageUsers)?;
    let KeyId(id) = path.parse(ProblemKind::ApiKeyNotFound)?;
    let NoBody = input.body()?;
    let pool = state.book().pool();
    sqlx::query!(
        "UPDATE api_keys SET revoked_at = $2, revoked_by = $3 WHERE id = $1 AND revoked_at IS NULL",
        id,
        state.book().now(),
        caller.actor().as_str()
    )
    .execute(pool)
    .await?;
    state.access().verified.revoke(
        |principal| matches!(&principal.credential, Credential::ApiKey { id: revoked } if *revoked == id),
    );
    Ok(Json(find_key(pool, &id).await?))
}
