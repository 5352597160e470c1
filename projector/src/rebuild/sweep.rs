//! Clearing up after rebuilds and checks whose process died.

use sqlx::PgPool;

use super::RebuildError;
use super::lock::Lock;
use super::logbook::give_up;
use super::run::next;
use super::verify::check;
use crate::Registered;

/// Marks rebuilds as failed that nobody works on any more, and drops the tables they left. What is being worked on is
/// left alone: its lock is held.
pub(crate) async fn sweep(
    pool: &PgPool,
    schema: &str,
    projections: &[Registered],
) -> Result<(), RebuildError> {
    let running = sqlx::query_scalar!("SELECT projection FROM rebuilds WHERE state = 'running'");
    let running = running.fetch_all(pool).await?;
    let places = [next(schema), check(schema)];
    let schemas: Vec<String> = places.iter().map(|place| place.schema().to_owned()).collect();
    let left: Vec<String> =
        sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = ANY($1)")
            .bind(schemas)
            .fetch_all(pool)
            .await?;
    for projection in projections {
        let tables = (projection.tables)();
        let dirty = running.iter().any(|name| name == projection.name)
            || tables.iter().any(|table| left.iter().any(|name| name == table.name));
        if !dirty {
            continue;
        }
        let Some(lock) = Lock::try_take(pool, schema, projection.name).await? else { continue };
        for place in &places {
            let mut connection = place.connect(pool).await?;
            place.drop_tables(&mut connection, &tables).await?;
        }
        give_up(&mut *pool.acquire().await?, projection.name).await?;
        tracing::warn!(
            projection = projection.name,
            "cleared up after a rebuild or check whose process ended"
        );
        lock.release().await?;
    }
    Ok(())
}
