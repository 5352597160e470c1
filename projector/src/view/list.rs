//! The views there are.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgPool;
use tallybook_event_store::journal::unsigned;
use utoipa::ToSchema;

use super::ViewName;
use crate::every;

/// The read side as it stood when the event at `position` had been recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct View {
    #[schema(example = "march")]
    pub name: String,
    pub position: u64,
    /// When the event at the position was recorded; `null` before the first.
    pub recorded_at: Option<DateTime<Utc>>,
    /// The disk space its tables and indexes take.
    pub bytes: u64,
    pub made_at: DateTime<Utc>,
    /// The actor, such as `cli:li.lei`.
    pub made_by: String,
}

/// Those that are ready, by name. `schema` is the book's.
pub async fn views(pool: &PgPool, schema: &str) -> Result<Vec<View>, sqlx::Error> {
    read(pool, schema, None).await
}

/// One of them.
pub async fn find_view(pool: &PgPool, schema: &str, name: &ViewName) -> Result<Option<View>, sqlx::Error> {
    Ok(read(pool, schema, Some(name)).await?.pop())
}

/// A row without a schema came with a dump of the book alone: there is nothing to read.
async fn read(pool: &PgPool, schema: &str, only: Option<&ViewName>) -> Result<Vec<View>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT name, position, recorded_at, made_by, made_at AS "made_at!",
                  coalesce((SELECT sum(pg_total_relation_size(oid)) FROM pg_class
                             WHERE relnamespace = to_regnamespace($1 || '__view_' || name) AND relkind = 'r'),
                           0)::bigint AS "bytes!"
             FROM views
            WHERE made_at IS NOT NULL AND to_regnamespace($1 || '__view_' || name) IS NOT NULL
              AND ($2::text IS NULL OR name = $2)
            ORDER BY name"#,
        schema,
        only.map(ViewName::as_str),
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(View {
                name: row.name,
                position: unsigned(row.position)?,
                recorded_at: row.recorded_at,
                bytes: unsigned(row.bytes)?,
                made_at: row.made_at,
                made_by: row.made_by,
            })
        })
        .collect()
}

/// When a view that is ready was made.
pub async fn view_made_at(
    pool: &PgPool,
    schema: &str,
    name: &ViewName,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT made_at AS "made_at!" FROM views
            WHERE name = $1 AND made_at IS NOT NULL AND to_regnamespace($2 || '__view_' || name) IS NOT NULL"#,
        name.as_str(),
        schema
    )
    .fetch_optional(pool)
    .await
}

/// Whether the tables of a view are those this program reads. `pool` is inside the view.
pub async fn fits_program(pool: &PgPool) -> Result<bool, sqlx::Error> {
    let made = sqlx::query!("SELECT name, version FROM projections").fetch_all(pool).await?;
    Ok(every()
        .iter()
        .all(|known| made.iter().any(|row| row.name == known.name && row.version == known.version)))
}
