//! Read tables that somebody threw away: made again before their projection is rebuilt.

use sqlx::{Connection, Executor, PgPool};
use tallybook_event_store::schema::{lay_out, patient_connection};

use super::RebuildError;
use super::site::{number, place};
use super::takeover::Takeover;
use crate::Registered;

/// How long readers of the other tables of the projection are waited for.
const LOCK_TIMEOUT: &str = "5s";

/// The tables of a projection that are not there.
pub(super) async fn missing(
    pool: &PgPool,
    schema: &str,
    projection: Registered,
) -> Result<Vec<&'static str>, RebuildError> {
    let there: Vec<String> =
        sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = $1")
            .bind(schema)
            .fetch_all(pool)
            .await?;
    Ok(projection.table_names().into_iter().filter(|name| there.iter().all(|table| table != name)).collect())
}

/// Makes missing tables as the migrations make them. What is left of the projection is emptied, and it stands before
/// the first event: what people read is a fold of the journal at every moment, only of less of it. A projector that
/// runs begins to fill it again; the rebuild is faster.
pub(super) async fn restore(
    pool: &PgPool,
    schema: &str,
    (projection, missing): (Registered, &[&str]),
) -> Result<(), RebuildError> {
    let model = place(schema, number(pool).await?);
    let model = model.schema();
    let mut connection = patient_connection(pool).await?;
    // All of it or nothing: the model is gone when this ends, however it ends.
    let mut transaction = connection.begin().await?;
    lay_out(&mut transaction, model).await?;
    let takeover = Takeover::begin(pool, projection.name).await?;
    transaction.execute(format!("SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'").as_str()).await?;
    for table in projection.table_names() {
        let statement = if missing.contains(&table) {
            format!("ALTER TABLE {model}.{table} SET SCHEMA {schema}")
        } else {
            format!("TRUNCATE {schema}.{table}")
        };
        transaction.execute(statement.as_str()).await?;
    }
    transaction
        .execute(format!("DROP SCHEMA {model} CASCADE; SET LOCAL search_path = {schema}").as_str())
        .await?;
    let handed = takeover.hand_over(&mut transaction, (projection.version, 0)).await?;
    if handed {
        transaction.commit().await?;
        tracing::warn!(projection = projection.name, ?missing, "tables that were gone are made again, empty");
    }
    takeover.end().await;
    if handed { Ok(()) } else { Err(RebuildError::Overtaken { name: projection.name.to_owned() }) }
}
