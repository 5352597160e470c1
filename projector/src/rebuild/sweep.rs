//! Clearing up after runs whose process died.

use sqlx::PgPool;

use super::RebuildError;
use super::lock::Lock;
use super::logbook::{give_up_run, give_up_unnumbered};
use super::site::{clear, lock_name, place};
use crate::generation::Place;

/// Drops the schemas of runs that nobody works on any more, and marks their rebuilds as failed. What is being worked on
/// is left alone: the lock of its number is held. Takes no projection's lock, so it is in no rebuild's way.
pub(crate) async fn sweep(pool: &PgPool, schema: &str) -> Result<(), RebuildError> {
    for run in left(pool, schema).await? {
        let Some(lock) = Lock::try_take(pool, schema, &lock_name(run)).await? else { continue };
        // It may have ended between the two looks, and then there is nothing to do.
        clear(pool, &place(schema, run)).await?;
        if give_up_run(pool, run).await? {
            tracing::warn!(run, "cleared up after a rebuild whose process ended");
        }
        lock.release().await?;
    }
    forget_unnumbered(pool, schema).await
}

/// Before other work: what cannot be cleared up now is in nobody's way.
pub(super) async fn sweep_first(pool: &PgPool, schema: &str) {
    if let Err(error) = sweep(pool, schema).await {
        tracing::warn!(%error, "what dead rebuilds left could not be cleared up");
    }
}

/// Numbers of runs that have a schema, or a rebuild that is said to run.
async fn left(pool: &PgPool, schema: &str) -> Result<Vec<i32>, RebuildError> {
    let prefix = place(schema, 0).schema().trim_end_matches('0').to_owned();
    let schemas: Vec<String> =
        sqlx::query_scalar("SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname::text, $1)")
            .bind(&prefix)
            .fetch_all(pool)
            .await?;
    let running = sqlx::query_scalar!(
        r#"SELECT DISTINCT run AS "run!" FROM rebuilds WHERE state = 'running' AND run IS NOT NULL"#
    )
    .fetch_all(pool)
    .await?;
    let mut left: Vec<i32> =
        schemas.iter().filter_map(|name| name.strip_prefix(&prefix)?.parse().ok()).collect();
    left.extend(running);
    left.sort_unstable();
    left.dedup();
    Ok(left)
}

/// What earlier versions of the program left, whose runs had no numbers and shared two schemas.
async fn forget_unnumbered(pool: &PgPool, schema: &str) -> Result<(), RebuildError> {
    for purpose in ["next", "check"] {
        let place = Place::beside(schema, purpose);
        let there: bool = sqlx::query_scalar("SELECT to_regnamespace($1) IS NOT NULL")
            .bind(place.schema())
            .fetch_one(pool)
            .await?;
        if there {
            clear(pool, &place).await?;
        }
    }
    Ok(give_up_unnumbered(pool).await?)
}
