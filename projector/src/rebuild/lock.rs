//! One rebuild, check or return per projection at a time, among all processes.

use sqlx::{Connection, PgConnection, PgPool};

use tallybook_event_store::schema::patient_connection;

use super::RebuildError;

/// Held as long as its connection: a process that dies lets go of it. So does a connection that breaks, which nobody
/// notices who does not ask.
pub(crate) struct Lock {
    connection: PgConnection,
    /// The process of the server that has it.
    holder: i32,
    keys: [String; 2],
}

impl Lock {
    /// `None`: somebody holds it.
    pub(crate) async fn try_take(
        pool: &PgPool,
        schema: &str,
        name: &str,
    ) -> Result<Option<Self>, RebuildError> {
        let mut connection = patient_connection(pool).await?;
        let keys = [format!("rebuild of {schema}"), name.to_owned()];
        let (taken, holder): (bool, i32) =
            sqlx::query_as("SELECT pg_try_advisory_lock(hashtext($1), hashtext($2)), pg_backend_pid()")
                .bind(&keys[0])
                .bind(&keys[1])
                .fetch_one(&mut connection)
                .await?;
        if taken {
            return Ok(Some(Self { connection, holder, keys }));
        }
        connection.close().await?;
        Ok(None)
    }

    pub(super) async fn take(pool: &PgPool, schema: &str, name: &str) -> Result<Self, RebuildError> {
        Self::try_take(pool, schema, name)
            .await?
            .ok_or_else(|| RebuildError::UnderWay { name: name.to_owned() })
    }

    /// Asked on another connection. `false`: it is lost, and somebody else may have it.
    pub(super) async fn is_held(&self, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM pg_locks
                             WHERE locktype = 'advisory' AND granted AND pid = $1
                               AND classid = hashtext($2)::oid AND objid = hashtext($3)::oid)",
        )
        .bind(self.holder)
        .bind(&self.keys[0])
        .bind(&self.keys[1])
        .fetch_one(connection)
        .await
    }

    pub(crate) async fn release(mut self) -> Result<(), RebuildError> {
        // The server notices a closed connection a little later; who comes next must find it free now.
        sqlx::query("SELECT pg_advisory_unlock_all()").execute(&mut self.connection).await?;
        Ok(self.connection.close().await?)
    }
}
