//! Where one run of a rebuild, a check or a return makes its tables: a schema named by a number nobody else gets.
//!
//! Two runs never share a table, not even if one of them lost its locks and has not noticed yet.

use sqlx::{Connection, Executor, PgPool};
use tallybook_event_store::schema::patient_connection;

use super::RebuildError;
use super::lock::Lock;
use crate::generation::Place;

/// Of one run, as long as it lasts.
pub(super) struct Site {
    pub(super) run: i32,
    pub(super) place: Place,
    lock: Lock,
}

impl Site {
    /// Takes a number, and the lock that shows others that its run is alive. Nothing is made yet.
    pub(super) async fn open(pool: &PgPool, schema: &str) -> Result<Self, RebuildError> {
        loop {
            let run = number(pool).await?;
            // Held only if the numbers have begun again from the first.
            if let Some(lock) = Lock::try_take(pool, schema, &lock_name(run)).await? {
                return Ok(Self { run, place: place(schema, run), lock });
            }
        }
    }

    /// Drops what is left here. If that fails, the next sweep does it.
    pub(super) async fn close(self, pool: &PgPool) {
        let dropped = clear(pool, &self.place).await;
        if let Err(error) = dropped.and(self.lock.release().await) {
            tracing::warn!(%error, schema = self.place.schema(), "what a run left over could not be dropped");
        }
    }
}

pub(super) async fn number(pool: &PgPool) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT nextval('runs')::integer AS "number!""#).fetch_one(pool).await
}

pub(super) fn place(schema: &str, run: i32) -> Place {
    Place::beside(schema, &format!("run_{run}"))
}

/// No projection and no view has a name like this.
pub(super) fn lock_name(run: i32) -> String {
    format!("run {run}")
}

/// Drops a schema with all that is in it.
pub(super) async fn clear(pool: &PgPool, place: &Place) -> Result<(), RebuildError> {
    let mut connection = patient_connection(pool).await?;
    connection.execute("SET client_min_messages = warning").await?;
    connection.execute(format!("DROP SCHEMA IF EXISTS {} CASCADE", place.schema()).as_str()).await?;
    Ok(connection.close().await?)
}

#[cfg(test)]
mod tests {
    use super::place;

    /// Longer ones PostgreSQL would cut off, and two runs would have one name.
    #[test]
    fn the_schema_of_a_run_fits_behind_the_longest_name_of_a_book() {
        let book = "b".repeat(48);
        assert!(place(&book, 999_999_999).schema().len() <= 63);
    }
}
