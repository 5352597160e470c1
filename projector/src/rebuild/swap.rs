//! The swap: the new tables take the place and the names of the live ones, together with their position.

use std::time::Duration;

use sqlx::{Connection, Executor, PgConnection};

use super::RebuildError;
use super::grants::carry_over;
use super::lock::Lock;
use super::takeover::Takeover;
use crate::Registered;
use crate::generation::{Place, is_there};

/// How long one try waits for readers that are in the middle of a query. New readers wait behind it as long, and the
/// projection stands still.
const LOCK_TIMEOUT: &str = "500ms";
/// As long the projection goes on, and readers read, before the next try.
pub(super) const BETWEEN_TRIES: Duration = Duration::from_secs(1);
pub(super) const TRIES: u32 = 60;

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

/// What came of one try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Try {
    Swapped,
    /// Somebody reads the tables, has taken the lead, or swaps other tables the same way. Nothing was changed.
    InTheWay,
}

/// Tries once to put the tables of `from` where the book's are, and the book's where the previous ones are kept.
/// While the takeover lasts both stand still.
pub(super) async fn try_to_swap(
    connection: &mut PgConnection,
    projection: Registered,
    (from, new): (&Place, Generation),
    takeover: &Takeover,
    lock: &Lock,
) -> Result<Try, RebuildError> {
    if takeover.version > projection.version {
        let (name, made) = (projection.name.to_owned(), takeover.version);
        return Err(RebuildError::NewerVersion { name, made });
    }
    previous(from.book()).establish(connection).await?;
    match in_a_transaction(connection, projection, (from, new), takeover, lock).await {
        Err(RebuildError::Database(error)) if waited_too_long(&error) || is_there(&error) => {
            Ok(Try::InTheWay)
        }
        tried => tried,
    }
}

async fn in_a_transaction(
    connection: &mut PgConnection,
    projection: Registered,
    (from, new): (&Place, Generation),
    takeover: &Takeover,
    lock: &Lock,
) -> Result<Try, RebuildError> {
    let kept = previous(from.book());
    let mut transaction = connection.begin().await?;
    transaction.execute(format!("SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'").as_str()).await?;
    let way = Way { book: from.book(), from: from.schema(), kept: kept.schema() };
    for table in (projection.tables)() {
        // From here on nobody changes the rights on it.
        transaction.execute(format!("LOCK TABLE {}", from.books(table.name)).as_str()).await?;
        carry_over(&mut transaction, &from.books(table.name), &from.table(table.name)).await?;
        for step in way.steps(table.name) {
            transaction.execute(step.as_str()).await?;
        }
    }
    sqlx::query!(
        "INSERT INTO previous_generations (projection, version, position, replaced_at)
         VALUES ($1, $2, $3, clock_timestamp())
         ON CONFLICT ON CONSTRAINT previous_generations_pkey
         DO UPDATE SET version = excluded.version, position = excluded.position, replaced_at = excluded.replaced_at",
        projection.name,
        takeover.version,
        i64::try_from(takeover.position).map_err(|error| sqlx::Error::Encode(error.into()))?,
    )
    .execute(&mut *transaction)
    .await?;
    if !takeover.hand_over(&mut transaction, (new.version, new.position)).await? {
        transaction.rollback().await?;
        return Ok(Try::InTheWay);
    }
    // Asked when nobody else can touch these tables any more: had the lock been lost before, they might be another's,
    // half filled.
    if !lock.is_held(&mut transaction).await? {
        transaction.rollback().await?;
        return Err(RebuildError::LockLost { name: projection.name.to_owned() });
    }
    transaction.commit().await?;
    Ok(Try::Swapped)
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
