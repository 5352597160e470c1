//! Dropping views, and sweeping up those nobody finished.

use sqlx::{Connection, Executor, PgPool};
use tallybook_event_store::schema::patient_connection;

use super::{ViewError, ViewName, lock_name, place};
use crate::rebuild::Lock;

/// Drops a view. Who reads in it at this moment is waited for.
pub async fn drop_view(pool: &PgPool, schema: &str, name: &ViewName) -> Result<(), ViewError> {
    let lock = Lock::try_take(pool, schema, &lock_name(name)).await?;
    let lock = lock.ok_or_else(|| ViewError::UnderWay { name: name.to_string() })?;
    let removed = remove(pool, schema, name).await;
    lock.release().await?;
    if removed? { Ok(()) } else { Err(ViewError::Unknown { name: name.to_string() }) }
}

/// Drops what a process left behind that ended while it made a view, and forgets views whose tables are elsewhere:
/// a dump of the book has their rows but not their schemas. Answers how many.
pub async fn sweep_views(pool: &PgPool, schema: &str) -> Result<u64, ViewError> {
    let left = unfinished(pool, schema).await?;
    let mut swept = 0;
    for name in left.iter().filter_map(|name| name.parse::<ViewName>().ok()) {
        // Whoever makes it still is at work.
        let Some(lock) = Lock::try_take(pool, schema, &lock_name(&name)).await? else { continue };
        // It may have been finished between the two looks.
        if unfinished(pool, schema).await?.iter().any(|left| left == name.as_str())
            && remove(pool, schema, &name).await?
        {
            swept += 1;
        }
        lock.release().await?;
    }
    Ok(swept)
}

async fn unfinished(pool: &PgPool, schema: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT name FROM views WHERE made_at IS NULL OR to_regnamespace($1 || '__view_' || name) IS NULL",
        schema
    )
    .fetch_all(pool)
    .await
}

/// The row and the schema go together. `false`: there was no such row, so no schema of ours.
pub(super) async fn remove(pool: &PgPool, schema: &str, name: &ViewName) -> Result<bool, ViewError> {
    let mut connection = patient_connection(pool).await?;
    let mut transaction = connection.begin().await?;
    let deleted =
        sqlx::query!("DELETE FROM views WHERE name = $1", name.as_str()).execute(&mut *transaction).await?;
    if deleted.rows_affected() == 0 {
        return Ok(false);
    }
    // What else goes with the schema is no news.
    transaction.execute("SET LOCAL client_min_messages = warning").await?;
    let drop = format!("DROP SCHEMA IF EXISTS {} CASCADE", place(schema, name).schema());
    transaction.execute(drop.as_str()).await?;
    transaction.commit().await?;
    Ok(true)
}
