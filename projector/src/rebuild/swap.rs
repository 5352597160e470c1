//! The swap: the new tables take the place and the names of the live ones, together with their position.

use std::time::Duration;

use sqlx::{Connection, Executor, PgConnection};
use tallybook_read_models::fold::TableShape;

use super::RebuildError;
use super::takeover::Takeover;
use crate::Registered;
use crate::generation::Place;

/// How long one try waits for readers that are in the middle of a query. New readers wait behind it as long.
const LOCK_TIMEOUT: &str = "500ms";
const TRIES: u32 = 40;
const BETWEEN_TRIES: Duration = Duration::from_millis(250);

/// Where tables go that are replaced, and where `--back` finds them.
pub(super) fn previous(schema: &str) -> Place {
    Place::beside(schema, "previous")
}

/// What the tables in a place are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Generation {
    pub(super) version: i32,
    pub(super) position: u64,
}

/// Puts the tables of `from` where the book's are, and the book's where the previous ones are kept. While the
/// takeover lasts both stand still.
pub(super) async fn swap(
    connection: &mut PgConnection,
    projection: Registered,
    (from, new): (&Place, Generation),
    takeover: &Takeover,
) -> Result<(), RebuildError> {
    let tables = (projection.tables)();
    let name = || projection.name.to_owned();
    previous(from.book()).establish(connection).await?;
    connection.execute(format!("SET lock_timeout = '{LOCK_TIMEOUT}'").as_str()).await?;
    for _ in 0..TRIES {
        if !takeover.extend(connection).await? {
            return Err(RebuildError::Overtaken { name: name() });
        }
        match try_swap(connection, &tables, projection.name, (from, new), takeover).await {
            Ok(true) => return Ok(()),
            Ok(false) => return Err(RebuildError::Overtaken { name: name() }),
            Err(RebuildError::Database(error)) if waited_too_long(&error) => {
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
            Err(error) => return Err(error),
        }
    }
    Err(RebuildError::Busy { name: name() })
}

async fn try_swap(
    connection: &mut PgConnection,
    tables: &[TableShape],
    name: &str,
    (from, new): (&Place, Generation),
    takeover: &Takeover,
) -> Result<bool, RebuildError> {
    let kept = previous(from.book());
    let mut transaction = connection.begin().await?;
    let way = Way { book: from.book(), from: from.schema(), kept: kept.schema() };
    for table in tables {
        for step in way.steps(table.name) {
            transaction.execute(step.as_str()).await?;
        }
    }
    sqlx::query!(
        "INSERT INTO previous_generations (projection, version, position, replaced_at)
         VALUES ($1, $2, $3, clock_timestamp())
         ON CONFLICT ON CONSTRAINT previous_generations_pkey
         DO UPDATE SET version = excluded.version, position = excluded.position, replaced_at = excluded.replaced_at",
        name,
        takeover.version,
        i64::try_from(takeover.position).map_err(|error| sqlx::Error::Encode(error.into()))?,
    )
    .execute(&mut *transaction)
    .await?;
    if !takeover.hand_over(&mut transaction, (new.version, new.position)).await? {
        transaction.rollback().await?;
        return Ok(false);
    }
    transaction.commit().await?;
    Ok(true)
}

/// Between which schemas a table moves.
struct Way<'a> {
    book: &'a str,
    from: &'a str,
    kept: &'a str,
}

impl Way<'_> {
    /// Going back, the tables come from where the replaced ones go, so they pass each other under another name.
    fn steps(&self, table: &str) -> Vec<String> {
        let Self { book, from, kept } = self;
        if from == kept {
            let passing = format!("{book}__passing");
            return vec![
                format!("CREATE SCHEMA {passing}"),
                format!("ALTER TABLE {kept}.{table} SET SCHEMA {passing}"),
                format!("ALTER TABLE {book}.{table} SET SCHEMA {kept}"),
                format!("ALTER TABLE {passing}.{table} SET SCHEMA {book}"),
                format!("DROP SCHEMA {passing}"),
            ];
        }
        vec![
            format!("DROP TABLE IF EXISTS {kept}.{table}"),
            format!("ALTER TABLE {book}.{table} SET SCHEMA {kept}"),
            format!("ALTER TABLE {from}.{table} SET SCHEMA {book}"),
        ]
    }
}

/// `lock_not_available`, or a deadlock that PostgreSQL broke.
fn waited_too_long(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|report| report.code());
    matches!(code.as_deref(), Some("55P03" | "40P01"))
}
