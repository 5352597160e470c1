//! Going back to the generation that was replaced.

use sqlx::{PgConnection, PgPool};
use tallybook_event_store::journal::unsigned;
use tallybook_event_store::schema::patient_connection;

use super::RebuildError;
use super::lock::Lock;
use super::swap::{BETWEEN_TRIES, Generation, TRIES, Try, previous, try_to_swap};
use super::takeover::Takeover;
use crate::Registered;

/// Swaps the tables in use with those kept from the last swap, which then follow the journal from where they were
/// left. Doing it twice changes nothing but that. Answers where the tables now in use stand.
pub async fn back(pool: &PgPool, schema: &str, projection: Registered) -> Result<u64, RebuildError> {
    let lock = Lock::take(pool, schema, projection.name).await?;
    let done = go_back(pool, schema, projection, &lock).await;
    // What was done is told even if the lock could not be given back: it ends with its connection.
    if let Err(error) = lock.release().await {
        tracing::warn!(projection = projection.name, %error, "the lock on its tables could not be given back");
    }
    done
}

async fn go_back(
    pool: &PgPool,
    schema: &str,
    projection: Registered,
    lock: &Lock,
) -> Result<u64, RebuildError> {
    let name = || projection.name.to_owned();
    let kept = sqlx::query!(
        "SELECT version, position FROM previous_generations WHERE projection = $1",
        projection.name
    )
    .fetch_optional(pool)
    .await?;
    let kept = kept.ok_or_else(|| RebuildError::NoPrevious { name: name() })?;
    for table in projection.table_names() {
        let there: bool = sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL")
            .bind(previous(schema).table(table))
            .fetch_one(pool)
            .await?;
        if !there {
            return Err(RebuildError::NoPrevious { name: name() });
        }
    }
    let generation = Generation { version: kept.version, position: unsigned(kept.position)? };
    let place = previous(schema);
    if kept.version != projection.version {
        return Err(RebuildError::PreviousIsDifferent { name: name() });
    }
    let mut connection = patient_connection(pool).await?;
    for table in (projection.tables)() {
        let kept = definition(&mut connection, place.table(table.name)).await?;
        if kept != definition(&mut connection, place.books(table.name)).await? {
            return Err(RebuildError::PreviousIsDifferent { name: name() });
        }
    }
    for _ in 0..TRIES {
        let takeover = Takeover::begin(pool, projection.name).await?;
        let tried = try_to_swap(&mut connection, projection, (&place, generation), &takeover, lock).await;
        takeover.end().await;
        if tried? == Try::Swapped {
            return Ok(generation.position);
        }
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
    Err(RebuildError::Busy { name: name() })
}

/// Columns, constraints and indexes of a table, whatever schema it is in. Migrations change those of the tables in use
/// only, and programs rely on them.
async fn definition(connection: &mut PgConnection, table: String) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
           FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
          WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
         UNION ALL
         SELECT concat_ws(' ', conname, pg_get_constraintdef(oid)) FROM pg_constraint
          WHERE conrelid = $1::regclass AND contype IN ('c', 'p', 'u')
         UNION ALL
         SELECT replace(pg_get_indexdef(indexrelid), ' ON ' || $1 || ' ', ' ') FROM pg_index
          WHERE indrelid = $1::regclass
          ORDER BY 1",
    )
    .bind(table)
    .fetch_all(connection)
    .await
}
