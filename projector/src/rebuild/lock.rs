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
    /// Of the book.
    scope: String,
}

impl Lock {
    /// `None`: somebody holds it.
    pub(crate) async fn try_take(
        pool: &PgPool,
        schema: &str,
        name: &str,
    ) -> Result<Option<Self>, RebuildError> {
        match Self::take(pool, schema, &[name]).await {
            Ok(lock) => Ok(Some(lock)),
            Err(RebuildError::UnderWay { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All of these, by one session, or none. Of two who want the same at once, in the same order, one gets them.
    pub(super) async fn take(pool: &PgPool, schema: &str, names: &[&str]) -> Result<Self, RebuildError> {
        let mut connection = patient_connection(pool).await?;
        let holder = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await?;
        let mut lock = Self { connection, holder, scope: format!("rebuild of {schema}") };
        for name in names {
            if !lock.add(name).await? {
                lock.let_go().await;
                return Err(RebuildError::UnderWay { name: (*name).to_owned() });
            }
        }
        Ok(lock)
    }

    async fn add(&mut self, name: &str) -> Result<bool, sqlx::Error> {
        sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtext($1), hashtext($2))")
            .bind(&self.scope)
            .bind(name)
            .fetch_one(&mut self.connection)
            .await
    }

    /// Asked on another connection. `false`: it is lost, and somebody else may have it.
    pub(super) async fn is_held(
        &self,
        name: &str,
        connection: &mut PgConnection,
    ) -> Result<bool, sqlx::Error> {
        sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM pg_locks
                             WHERE locktype = 'advisory' AND granted AND pid = $1
                               AND classid = hashtext($2)::oid AND objid = hashtext($3)::oid)",
        )
        .bind(self.holder)
        .bind(&self.scope)
        .bind(name)
        .fetch_one(connection)
        .await
    }

    pub(crate) async fn release(mut self) -> Result<(), RebuildError> {
        // The server notices a closed connection a little later; who comes next must find it free now.
        sqlx::query("SELECT pg_advisory_unlock_all()").execute(&mut self.connection).await?;
        Ok(self.connection.close().await?)
    }

    /// The same for who has something else to say. A lock that cannot be given back ends with its connection.
    pub(super) async fn let_go(self) {
        if let Err(error) = self.release().await {
            tracing::warn!(%error, "the lock on projections could not be given back");
        }
    }
}
