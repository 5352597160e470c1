//! Going back to the generation that was replaced.

use sqlx::PgPool;
use tallybook_event_store::journal::unsigned;

use super::RebuildError;
use super::lock::Lock;
use super::swap::{Generation, previous, swap};
use super::takeover::Takeover;
use crate::Registered;

/// Swaps the tables in use with those kept from the last swap, which then follow the journal from where they were
/// left. Doing it twice changes nothing but that. Answers where the tables now in use stand.
pub async fn back(pool: &PgPool, schema: &str, projection: Registered) -> Result<u64, RebuildError> {
    let name = || projection.name.to_owned();
    let lock = Lock::take(pool, schema, projection.name).await?;
    let kept = sqlx::query!(
        "SELECT version, position FROM previous_generations WHERE projection = $1",
        projection.name
    )
    .fetch_optional(pool)
    .await?;
    let kept = kept.ok_or_else(|| RebuildError::NoPrevious { name: name() })?;
    let generation = Generation { version: kept.version, position: unsigned(kept.position)? };
    let place = previous(schema);
    let mut connection = place.connect(pool).await?;
    for table in (projection.tables)() {
        let same: bool = sqlx::query_scalar(
            "SELECT (SELECT array_agg((attname, atttypid) ORDER BY attname) FROM pg_attribute
                      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped)
                  = (SELECT array_agg((attname, atttypid) ORDER BY attname) FROM pg_attribute
                      WHERE attrelid = $2::regclass AND attnum > 0 AND NOT attisdropped)",
        )
        .bind(place.table(table.name))
        .bind(place.books(table.name))
        .fetch_one(&mut connection)
        .await?;
        if !same {
            return Err(RebuildError::PreviousIsDifferent { name: name() });
        }
    }
    let takeover = Takeover::begin(pool, projection.name).await?;
    let swapped = swap(&mut connection, projection, (&place, generation), &takeover).await;
    takeover.end(pool).await?;
    lock.release().await?;
    swapped.map(|()| generation.position)
}
