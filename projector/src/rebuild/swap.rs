//! The swap: the new tables take the place and the names of the live ones, together with their position.

use std::time::Duration;

use sqlx::{Connection, Executor, PgConnection};

use super::grants::carry_over;
use super::lock::Lock;
use super::logbook::Logbook;
use super::takeover::Takeover;
use super::{RebuildError, RebuildOutcome};
use crate::Registered;
use crate::generation::{Place, Progress, is_there, waited_too_long};

/// How long one try waits for readers that are in the middle of a query. New readers wait behind it as long, and the
/// projection stands still.
const LOCK_TIMEOUT: &str = "500ms";
/// As long the projection goes on, and readers read, before the next try.
pub(super) const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// Where tables go that are replaced, and where `--back` finds them.
pub(super) fn previous(schema: &str) -> Place {
    Place::beside(schema, "previous")
}

/// The tables a swap locks: those in use, and those kept from the last swap.
pub(super) fn locked(schema: &str, projection: Registered) -> Vec<String> {
    [in_use(schema, projection), kept(schema, projection)].concat()
}

pub(super) fn in_use(schema: &str, projection: Registered) -> Vec<String> {
    projection.table_names().into_iter().map(|table| format!("{schema}.{table}")).collect()
}

pub(super) fn kept(schema: &str, projection: Registered) -> Vec<String> {
    let place = previous(schema);
    projection.table_names().into_iter().map(|table| place.table(table)).collect()
}

/// What the tables in a place are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Generation {
    pub(super) version: i32,
    pub(super) position: u64,
}

/// Which tables go where.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    /// Those of the run's own schema into use, those in use to where they are kept.
    Forth,
    /// Those kept and those in use into each other's place.
    Back,
}

/// Tables that are to be swapped.
pub(super) struct Swap<'a> {
    pub(super) projection: Registered,
    pub(super) way: Way,
    /// The run's own schema.
    pub(super) site: &'a Place,
    /// What keeps others from these tables.
    pub(super) lock: &'a Lock,
    pub(super) logbook: &'a Logbook,
    pub(super) progress: &'a Progress,
    pub(super) new: Generation,
    /// What will be said of it: position and tables it replaces are found at the swap.
    pub(super) outcome: RebuildOutcome,
}

impl Swap<'_> {
    /// Tries once. While the takeover lasts, the tables stand still. `None`: somebody uses the tables, has taken the
    /// lead, or swaps other tables the same way; nothing was changed.
    pub(super) async fn attempt(
        &self,
        connection: &mut PgConnection,
        takeover: &Takeover,
    ) -> Result<Option<RebuildOutcome>, RebuildError> {
        if takeover.version > self.projection.version {
            let (name, made) = (self.projection.name.to_owned(), takeover.version);
            return Err(RebuildError::NewerVersion { name, made });
        }
        previous(self.site.book()).establish(connection).await?;
        match self.in_a_transaction(connection, takeover).await {
            Err(RebuildError::Database(error)) if waited_too_long(&error) || is_there(&error) => Ok(None),
            tried => tried,
        }
    }

    async fn in_a_transaction(
        &self,
        connection: &mut PgConnection,
        takeover: &Takeover,
    ) -> Result<Option<RebuildOutcome>, RebuildError> {
        let mut transaction = connection.begin().await?;
        transaction.execute(format!("SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'").as_str()).await?;
        for table in self.projection.table_names() {
            self.move_table(&mut transaction, table).await?;
        }
        keep_in_mind(&mut transaction, self.projection.name, takeover).await?;
        if !takeover.hand_over(&mut transaction, (self.new.version, self.new.position)).await? {
            transaction.rollback().await?;
            return Ok(None);
        }
        let outcome = RebuildOutcome {
            position: self.new.position,
            replaced_position: Some(takeover.position),
            swapped: true,
            ..self.outcome.clone()
        };
        // Asked when nobody else can touch these tables any more: had the lock been lost before, another run might
        // have swapped them meanwhile, or given this one up.
        if !self.lock.is_held(self.projection.name, &mut transaction).await?
            || !self.logbook.swapped(&mut transaction, self.progress, &outcome).await?
        {
            transaction.rollback().await?;
            return Err(RebuildError::LockLost { name: self.projection.name.to_owned() });
        }
        transaction.commit().await?;
        Ok(Some(outcome))
    }

    async fn move_table(&self, connection: &mut PgConnection, table: &str) -> Result<(), sqlx::Error> {
        let from = match self.way {
            Way::Forth => self.site.clone(),
            Way::Back => previous(self.site.book()),
        };
        // From here on nobody changes the rights on it.
        connection.execute(format!("LOCK TABLE {}", from.books(table)).as_str()).await?;
        carry_over(connection, &from.books(table), &from.table(table)).await?;
        for step in self.steps(table) {
            connection.execute(step.as_str()).await?;
        }
        Ok(())
    }

    /// Going back, the tables come from where the replaced ones go, so they pass each other in the run's schema.
    fn steps(&self, table: &str) -> Vec<String> {
        let (book, site, kept) = (self.site.book(), self.site.schema(), previous(self.site.book()));
        let kept = kept.schema();
        match self.way {
            Way::Forth => vec![
                format!("DROP TABLE IF EXISTS {kept}.{table}"),
                format!("ALTER TABLE {book}.{table} SET SCHEMA {kept}"),
                format!("ALTER TABLE {site}.{table} SET SCHEMA {book}"),
            ],
            Way::Back => vec![
                format!("CREATE SCHEMA {site}"),
                format!("ALTER TABLE {kept}.{table} SET SCHEMA {site}"),
                format!("ALTER TABLE {book}.{table} SET SCHEMA {kept}"),
                format!("ALTER TABLE {site}.{table} SET SCHEMA {book}"),
                format!("DROP SCHEMA {site}"),
            ],
        }
    }
}

/// Where the tables stand that are kept now.
async fn keep_in_mind(
    connection: &mut PgConnection,
    name: &str,
    takeover: &Takeover,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO previous_generations (projection, version, position, replaced_at)
         VALUES ($1, $2, $3, clock_timestamp())
         ON CONFLICT ON CONSTRAINT previous_generations_pkey
         DO UPDATE SET version = excluded.version, position = excluded.position, replaced_at = excluded.replaced_at",
        name,
        takeover.version,
        i64::try_from(takeover.position).map_err(|error| sqlx::Error::Encode(error.into()))?,
    )
    .execute(connection)
    .await?;
    Ok(())
}
