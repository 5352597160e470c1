//! Making an API key.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::Actor;
use utoipa::ToSchema;

use super::api_keys::{ApiKey, find_key};
use super::names::AccessName;
use super::token::{KEY_PREFIX, random_key_id, random_secret};
use super::{AccessError, Action, Caller, Role, find_user};
use crate::problem::{FieldError, Problem};
use crate::request::{BodyReader, CommandInput, ReadBody, text};
use crate::state::ApiState;

/// A key to be made.
#[derive(Debug, ToSchema)]
pub(super) struct NewApiKey {
    /// Never used again for another key.
    #[schema(value_type = String, example = "erp")]
    name: AccessName,
    role: Role,
    /// For whom it is made: a user who may sign in. What the key asks for, this person cannot approve. None of a key that
    /// no person holds.
    #[schema(value_type = Option<String>, example = "user:anna")]
    held_by: Option<Actor>,
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
        let held_by = body.optional("held_by", text);
        Some(Self { name: name?, role: role?, held_by })
    }
}

/// Make an API key
///
/// The token is in this answer and nowhere else. Send it as `Authorization: Bearer tbk_…`. What the key asks for, neither
/// who made it nor who holds it (`held_by`) can approve.
#[utoipa::path(post, path = "/v1/api-keys", tag = "access", request_body = NewApiKey,
    responses((status = 201, body = MadeApiKey)))]
pub(super) async fn create_api_key(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<(StatusCode, Json<MadeApiKey>), Problem> {
    caller.may(Action::ManageUsers)?;
    let NewApiKey { name, role, held_by } = input.body()?;
    let pool = state.book().pool();
    if let Some(holder) = &held_by {
        check_holder(pool, holder).await?;
    }
    let (id, secret) = (random_key_id()?, random_secret()?);
    let secret_hash = state.access().passwords.hash(secret.clone()).await?;
    let made = sqlx::query!(
        "INSERT INTO api_keys (id, name, role, secret_hash, created_at, created_by, held_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT ON CONSTRAINT api_keys_name_key DO NOTHING",
        id,
        name.as_str(),
        role.as_str(),
        secret_hash,
        state.book().now(),
        caller.actor().as_str(),
        held_by.as_ref().map(Actor::as_str)
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

/// Only who signs in under that name can be told that he asked himself.
async fn check_holder(pool: &PgPool, holder: &Actor) -> Result<(), Problem> {
    if let Some(name) = holder.as_str().strip_prefix("user:") {
        match find_user(pool, name).await {
            Ok(user) if !user.disabled => return Ok(()),
            Ok(_) | Err(AccessError::UserNotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let detail = "must be a user who may sign in, such as user:anna".to_owned();
    let error = FieldError { pointer: "/held_by".to_owned(), code: "not_a_holder", detail };
    Err(Problem::validation(vec![error]))
}
