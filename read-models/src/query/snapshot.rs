//! One consistent look at the read tables.

use sqlx::{PgPool, Postgres, Transaction};

use super::ReadError;
use crate::fold::{KeyedRow, Projection, Tables};

/// A transaction that sees one moment, whatever the projector writes meanwhile, and can write nothing itself.
pub(crate) struct Snapshot(Transaction<'static, Postgres>);

impl Snapshot {
    /// The projection's tables are held before the moment is fixed: were they replaced by a rebuild in between, the
    /// position would be that of the old ones, and the rows those of the new.
    pub(crate) async fn take<P: Projection>(pool: &PgPool) -> Result<Self, ReadError> {
        Self::of_tables(pool, &tables_of::<P>()).await
    }

    /// The same for the tables of several projections.
    pub(crate) async fn of_tables(pool: &PgPool, tables: &[&str]) -> Result<Self, ReadError> {
        // Most conditions are optional, and the ranges anything from a day to everything: one plan does not fit all.
        let begin = format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL plan_cache_mode = force_custom_plan; \
             LOCK TABLE {} IN ACCESS SHARE MODE",
            tables.join(", ")
        );
        Ok(Self(pool.begin_with(begin).await?))
    }

    pub(crate) fn connection(&mut self) -> &mut sqlx::PgConnection {
        &mut self.0
    }

    /// The row of this id, as `find_*` ask for it. Not `query!`, which would need a second, flat type for each table
    /// and decode it a second time: a whole row is decoded by its own `FromRow` alone, here as in the lists.
    pub(crate) async fn row_of<R: KeyedRow>(&mut self, id: &str) -> Result<Option<R>, ReadError> {
        let statement = format!("SELECT * FROM {} WHERE id = $1", R::TABLE);
        Ok(sqlx::query_as(&statement).bind(id).fetch_optional(&mut *self.0).await?)
    }

    /// How far the projection had come at this moment; 0 if it has never run.
    pub(crate) async fn position_of<P: Projection>(&mut self) -> Result<u64, ReadError> {
        let position = sqlx::query_scalar!("SELECT position FROM projections WHERE name = $1", P::NAME)
            .fetch_optional(&mut *self.0)
            .await?;
        let position = position.unwrap_or(0);
        u64::try_from(position)
            .map_err(|_| ReadError::Corrupt(format!("projection {} is at position {position}", P::NAME)))
    }
}

/// The names of the tables a projection writes to.
pub(crate) fn tables_of<P: Projection>() -> Vec<&'static str> {
    P::Tables::cached().all().iter().map(|table| table.shape().name).collect()
}
