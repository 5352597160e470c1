//! Making a view.

use sqlx::{Connection, Executor};
use tallybook_domain::Actor;
use tallybook_event_store::journal;
use tallybook_event_store::schema::patient_connection;

use super::remove::{remove, sweep_views};
use super::{View, ViewError, ViewName, find_view, lock_name, place};
use crate::generation::{Phase, Place, is_there};
use crate::rebuild::Lock;
use crate::{Rebuilder, every};

/// The longest name PostgreSQL gives a schema.
const LONGEST_SCHEMA: usize = 63;

impl Rebuilder {
    /// Says what keeps such a view from being made.
    pub async fn check_view(&self, name: &ViewName, position: u64) -> Result<(), ViewError> {
        if place(&self.schema, name).schema().len() > LONGEST_SCHEMA {
            return Err(ViewError::NameTooLong { name: name.to_string() });
        }
        let head = journal::head_position(&self.pool).await?;
        if position > head {
            return Err(ViewError::NotYet { position, head });
        }
        match find_view(&self.pool, &self.schema, name).await? {
            Some(_) => Err(ViewError::AlreadyThere { name: name.to_string() }),
            None => Ok(()),
        }
    }

    /// Folds the journal up to a position into a schema of its own. What fails or is cancelled leaves nothing.
    pub async fn view(&self, name: &ViewName, position: u64, by: &Actor) -> Result<View, ViewError> {
        self.check_view(name, position).await?;
        let place = place(&self.schema, name);
        sweep_views(&self.pool, &self.schema).await?;
        let lock = Lock::try_take(&self.pool, &self.schema, &lock_name(name)).await?;
        let lock = lock.ok_or_else(|| ViewError::UnderWay { name: name.to_string() })?;
        let made = self.make(&place, name, (position, by)).await;
        lock.release().await?;
        made?;
        let view = find_view(&self.pool, &self.schema, name).await?;
        view.ok_or_else(|| ViewError::Unknown { name: name.to_string() })
    }

    async fn make(
        &self,
        place: &Place,
        name: &ViewName,
        (position, by): (u64, &Actor),
    ) -> Result<(), ViewError> {
        self.begin(place, name, (position, by)).await?;
        let filled = self.fill(place, name, position).await;
        if filled.is_err() {
            remove(&self.pool, &self.schema, name).await?;
        }
        filled
    }

    /// The row and the schema come to be together, so that a schema with a row is always ours to drop.
    async fn begin(
        &self,
        place: &Place,
        name: &ViewName,
        (position, by): (u64, &Actor),
    ) -> Result<(), ViewError> {
        let mut connection = patient_connection(&self.pool).await?;
        let mut transaction = connection.begin().await?;
        let inserted = sqlx::query!(
            "INSERT INTO views (name, position, recorded_at, made_by, begun_at)
             VALUES ($1, $2, (SELECT recorded_at FROM events WHERE position = $2), $3, clock_timestamp())
             ON CONFLICT ON CONSTRAINT views_pkey DO NOTHING",
            name.as_str(),
            i64::try_from(position).map_err(|error| sqlx::Error::Encode(error.into()))?,
            by.as_str(),
        )
        .execute(&mut *transaction)
        .await?;
        if inserted.rows_affected() == 0 {
            return Err(ViewError::AlreadyThere { name: name.to_string() });
        }
        let schema = place.schema();
        match transaction.execute(format!("CREATE SCHEMA {schema}").as_str()).await {
            Ok(_) => Ok(transaction.commit().await?),
            Err(error) if is_there(&error) => Err(ViewError::SchemaTaken { schema: schema.to_owned() }),
            Err(error) => Err(error.into()),
        }
    }

    async fn fill(&self, place: &Place, name: &ViewName, position: u64) -> Result<(), ViewError> {
        let projections = every();
        self.builder(place).build(&projections, position).await?;
        let stored = i64::try_from(position).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let (own, books) = (place.table("projections"), place.books("projections"));
        let mut connection = patient_connection(&self.pool).await?;
        let mut transaction = connection.begin().await?;
        transaction.execute(format!("CREATE TABLE {own} (LIKE {books} INCLUDING ALL)").as_str()).await?;
        for projection in &projections {
            sqlx::query(&format!("INSERT INTO {own} (name, version, position) VALUES ($1, $2, $3)"))
                .bind(projection.name)
                .bind(projection.version)
                .bind(stored)
                .execute(&mut *transaction)
                .await?;
        }
        sqlx::query!("UPDATE views SET made_at = clock_timestamp() WHERE name = $1", name.as_str())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        self.progress.enter(Phase::Done);
        Ok(())
    }
}
