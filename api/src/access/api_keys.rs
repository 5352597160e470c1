//! API keys as everyone may see them: without the secret.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgPool;
use utoipa::ToSchema;

use super::check::stored_role;
use super::{AccessError, Role};

/// A key a machine signs its requests with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ApiKey {
    #[schema(example = "3f9c0a1b2c4d")]
    pub(crate) id: String,
    /// What the key is called in the journal: `key:<name>`.
    #[schema(example = "erp")]
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) created_by: String,
    /// For whom it was made: what it asks for, this person has asked for. None of a machine's own, and of older keys.
    #[schema(example = "user:anna")]
    pub(crate) held_by: Option<String>,
    pub(crate) revoked_at: Option<DateTime<Utc>>,
    pub(crate) revoked_by: Option<String>,
}

struct ApiKeyRow {
    id: String,
    name: String,
    role: String,
    created_at: DateTime<Utc>,
    created_by: String,
    held_by: Option<String>,
    revoked_at: Option<DateTime<Utc>>,
    revoked_by: Option<String>,
}

impl TryFrom<ApiKeyRow> for ApiKey {
    type Error = AccessError;

    fn try_from(row: ApiKeyRow) -> Result<Self, Self::Error> {
        Ok(Self {
            role: stored_role(&row.role)?,
            id: row.id,
            name: row.name,
            created_at: row.created_at,
            created_by: row.created_by,
            held_by: row.held_by,
            revoked_at: row.revoked_at,
            revoked_by: row.revoked_by,
        })
    }
}

/// Keys in the order of their names, from the one after `name`.
pub(super) async fn keys_after(pool: &PgPool, name: &str, limit: i64) -> Result<Vec<ApiKey>, AccessError> {
    sqlx::query_as!(
        ApiKeyRow,
        r#"SELECT id, name, role, created_at, created_by, held_by, revoked_at, revoked_by FROM api_keys
            WHERE name COLLATE "C" > $1 ORDER BY name COLLATE "C" LIMIT $2"#,
        name,
        limit
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(ApiKey::try_from)
    .collect()
}

/// All keys, by name.
pub(crate) async fn all_keys(pool: &PgPool) -> Result<Vec<ApiKey>, AccessError> {
    keys_after(pool, "", i64::MAX).await
}

pub(super) async fn find_key(pool: &PgPool, id: &str) -> Result<ApiKey, AccessError> {
    sqlx::query_as!(
        ApiKeyRow,
        "SELECT id, name, role, created_at, created_by, held_by, revoked_at, revoked_by FROM api_keys
          WHERE id = $1",
        id
    )
    .fetch_optional(pool)
    .await?
    .ok_or_else(|| AccessError::ApiKeyNotFound { id: id.to_owned() })?
    .try_into()
}
