//! Sessions: begun by a sign-in, carried on by refresh tokens that are good once, ended for good.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use utoipa::ToSchema;
use uuid::Uuid;

use super::AccessError;
use super::token::{ACCESS_PREFIX, REFRESH_PREFIX, digest, random_secret};

const ACCESS_LIFE: TimeDelta = TimeDelta::hours(2);
const REFRESH_LIFE: TimeDelta = TimeDelta::days(7);

/// The tokens of a session. The refresh token is good once; using it again ends the session.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokenPair {
    #[schema(example = "tba_…")]
    access_token: String,
    #[schema(example = "tbr_…")]
    refresh_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(example = 7200)]
    expires_in: i64,
}

/// Begins a session for a user who has proven to be one.
pub(super) async fn begin(
    pool: &PgPool,
    user: &str,
    client: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<TokenPair, AccessError> {
    let mut transaction = pool.begin().await?;
    sqlx::query!(
        "DELETE FROM sessions WHERE id IN (
             SELECT id FROM sessions WHERE expires_at <= $1 LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        now
    )
    .execute(&mut *transaction)
    .await?;
    let id = new_session_id();
    sqlx::query!(
        "INSERT INTO sessions (id, user_name, started_at, client_address, expires_at) VALUES ($1, $2, $3, $4, $5)",
        id,
        user,
        now,
        client.map(|address| address.to_string()),
        now + REFRESH_LIFE
    )
    .execute(&mut *transaction)
    .await?;
    let pair = issue(&mut transaction, id, now).await?;
    transaction.commit().await?;
    Ok(pair)
}

/// What came of a refresh token that was shown.
#[derive(Debug)]
pub(super) enum Refreshed {
    Fresh(TokenPair),
    /// It was used before, by whom it belongs to or by a thief: the session is over.
    UsedBefore {
        session: Uuid,
    },
    NotGood,
}

/// Swaps a refresh token for a new pair.
pub(super) async fn refresh(
    pool: &PgPool,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Refreshed, AccessError> {
    let token = digest(token);
    let mut transaction = pool.begin().await?;
    let rotated = sqlx::query_scalar!(
        "UPDATE session_tokens t SET rotated_at = $2
           FROM sessions s JOIN users u ON u.name = s.user_name
          WHERE t.token_hash = $1 AND t.kind = 'refresh' AND t.rotated_at IS NULL AND t.expires_at > $2
            AND s.id = t.session AND s.ended_at IS NULL AND NOT u.disabled
      RETURNING t.session",
        token.as_slice(),
        now
    )
    .fetch_optional(&mut *transaction)
    .await?;
    let answer = match rotated {
        Some(session) => {
            sqlx::query!("UPDATE sessions SET expires_at = $2 WHERE id = $1", session, now + REFRESH_LIFE)
                .execute(&mut *transaction)
                .await?;
            sqlx::query!("DELETE FROM session_tokens WHERE session = $1 AND expires_at <= $2", session, now)
                .execute(&mut *transaction)
                .await?;
            Refreshed::Fresh(issue(&mut transaction, session, now).await?)
        }
        None => end_if_reused(&mut transaction, &token, now).await?,
    };
    transaction.commit().await?;
    Ok(answer)
}

async fn end_if_reused(
    connection: &mut PgConnection,
    token: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Refreshed, AccessError> {
    let session = sqlx::query_scalar!(
        "UPDATE sessions SET ended_at = coalesce(ended_at, $2)
          WHERE id = (SELECT session FROM session_tokens
                       WHERE token_hash = $1 AND kind = 'refresh' AND rotated_at IS NOT NULL)
      RETURNING id",
        token.as_slice(),
        now
    )
    .fetch_optional(connection)
    .await?;
    Ok(match session {
        Some(session) => Refreshed::UsedBefore { session },
        None => Refreshed::NotGood,
    })
}

async fn issue(
    connection: &mut PgConnection,
    session: Uuid,
    now: DateTime<Utc>,
) -> Result<TokenPair, AccessError> {
    let access_token = format!("{ACCESS_PREFIX}{}", random_secret()?);
    let refresh_token = format!("{REFRESH_PREFIX}{}", random_secret()?);
    let (access_hash, refresh_hash) = (digest(&access_token), digest(&refresh_token));
    sqlx::query!(
        "INSERT INTO session_tokens (token_hash, session, kind, expires_at)
         VALUES ($1, $3, 'access', $4), ($2, $3, 'refresh', $5)",
        access_hash.as_slice(),
        refresh_hash.as_slice(),
        session,
        now + ACCESS_LIFE,
        now + REFRESH_LIFE
    )
    .execute(connection)
    .await?;
    Ok(TokenPair { access_token, refresh_token, token_type: "Bearer", expires_in: ACCESS_LIFE.num_seconds() })
}

/// Ends one session.
pub(super) async fn end(pool: &PgPool, session: Uuid, now: DateTime<Utc>) -> Result<(), AccessError> {
    sqlx::query!("UPDATE sessions SET ended_at = coalesce(ended_at, $2) WHERE id = $1", session, now)
        .execute(pool)
        .await?;
    Ok(())
}

/// Ends a user's sessions, but not the one that is to be spared.
pub(super) async fn end_of_user(
    connection: &mut PgConnection,
    user: &str,
    spared: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), AccessError> {
    sqlx::query!(
        "UPDATE sessions SET ended_at = $2
          WHERE user_name = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $3",
        user,
        now,
        spared
    )
    .execute(connection)
    .await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "sessions begin at this edge")]
fn new_session_id() -> Uuid {
    Uuid::now_v7()
}
