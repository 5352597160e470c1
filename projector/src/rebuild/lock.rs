//! One rebuild, check or return per projection at a time, among all processes.

use sqlx::{Connection, PgConnection, PgPool};

use tallybook_event_store::schema::patient_connection;

use super::RebuildError;

/// Held as long as its connection: a process that dies lets go of it.
pub(crate) struct Lock(PgConnection);

impl Lock {
    /// `None`: somebody holds it.
    pub(crate) async fn try_take(
        pool: &PgPool,
        schema: &str,
        name: &str,
    ) -> Result<Option<Self>, RebuildError> {
        let mut connection = patient_connection(pool).await?;
        let taken: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtext($1), hashtext($2))")
            .bind(format!("rebuild of {schema}"))
            .bind(name)
            .fetch_one(&mut connection)
            .await?;
        if taken {
            return Ok(Some(Self(connection)));
        }
        connection.close().await?;
        Ok(None)
    }

    pub(super) async fn take(pool: &PgPool, schema: &str, name: &str) -> Result<Self, RebuildError> {
        Self::try_take(pool, schema, name)
            .await?
            .ok_or_else(|| RebuildError::UnderWay { name: name.to_owned() })
    }

    pub(crate) async fn release(mut self) -> Result<(), RebuildError> {
        // The server notices a closed connection a little later; who comes next must find it free now.
        sqlx::query("SELECT pg_advisory_unlock_all()").execute(&mut self.0).await?;
        Ok(self.0.close().await?)
    }
}
