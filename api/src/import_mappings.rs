//! How lists that people bring are read: mappings kept in the book under names, for the API and the command line.
//!
//! Must never hold anything of a list itself.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use tallybook_domain::Actor;

/// A mapping of one kind of list to be kept, as TOML.
#[derive(Debug, Clone, Copy)]
pub struct Saved<'s> {
    pub list: &'static str,
    pub name: &'s str,
    pub mapping: &'s str,
}

/// Whether a mapping can be called so.
pub fn is_name(name: &str) -> bool {
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    plain && (1..=60).contains(&name.chars().count())
}

pub async fn find(pool: &PgPool, list: &'static str, name: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT mapping FROM import_mappings WHERE list = $1 AND name = $2", list, name)
        .fetch_optional(pool)
        .await
}

/// Keeps a mapping in place of the one that had the name.
pub async fn save(
    pool: &PgPool,
    Saved { list, name, mapping }: Saved<'_>,
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO import_mappings (list, name, mapping, saved_at, saved_by) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT ON CONSTRAINT import_mappings_pkey DO UPDATE SET mapping = $3, saved_at = $4, saved_by = $5",
        list,
        name,
        mapping,
        now,
        by.as_str()
    )
    .execute(pool)
    .await?;
    Ok(())
}
