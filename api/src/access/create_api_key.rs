//! Making an API key.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::api_keys::{ApiKey, find_key};
use super::names::AccessName;
use super::token::{KEY_PREFIX, random_key_id, random_secret};
use super::{AccessError, Action, Caller, Role};
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, ReadBody, text};
use crate::state::ApiState;

/// A key to be made.
#[derive(Debug, ToSchema)]
pub(super) struct NewApiKey {
    /// Never used again for another key.
    #[schema(value_type = String, example = "erp")]
    name: AccessName,
    role: Role,
}

/// A key that was just made, with its token: it is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MadeApiKey {
    #[serde(flatten)]
    key: ApiKey,
    #[schema(example = "tbk_3f9c0a1b2c4d_…")]
    token: String,
}

impl ReadBody for NewApiKey {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let name = body.required("name", text);
        let role = body.required("role", text);
        Some(Self { name: name?, role: role? })
    }
}

/// Make an API key
///
/// The token is in this answer and nowhere else. Send it as `Authorization: Bearer tbk_…`.
#[utoipa::path(post, path = "/v1/api-keys", tag = "access", request_body = NewApiKey,
    responses((status = 201, body = MadeApiKey)))]
pub(super) async fn create_api_key(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<(StatusCode, Json<MadeApiKey>), Problem> {
    caller.may(Action::ManageUsers)?;
    let NewApiKey { name, role } = input.body()?;
    let pool = state.book().pool();
    let (id, secret) = (random_key_id()?, random_secret()?);
    let secret_hash = state.access().passwords.hash(secret.clone()).await?;
    let made = sqlx::query!(
        "INSERT INTO api_keys (id, name, role, secret_hash, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT ON CONSTRAINT api_keys_name_key DO NOTHING",
        id,
        name.as_str(),
        role.as_str(),
        secret_hash,
        state.book().now(),
        caller.actor().as_str()
    )
    .execute(pool)
    .await?;
    if made.rows_affected() == 0 {
        return Err(AccessError::ApiKeyNameTaken { name: name.to_string() }.into());
    }
    tracing::info!(key = %name, %role, by = %caller.actor(), request_id = input.context.request_id, "made an API key");
    let key = find_key(pool, &id).await?;
    Ok((StatusCode::CREATED, Json(MadeApiKey { key, token: format!("{KEY_PREFIX}{id}_{secret}") })))
}
