//! Who keeps a swap from its tables: whoever has used one of them in a transaction that is not over.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, Executor, PgConnection};
use utoipa::ToSchema;

/// A transaction that keeps a swap waiting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::FromRow)]
pub struct Blocker {
    /// The process of PostgreSQL, as `pg_terminate_backend` takes it. Nothing if it is a prepared transaction.
    pub pid: Option<i32>,
    /// What the program calls itself, such as `pg_dump`.
    pub application_name: Option<String>,
    pub user: Option<String>,
    /// When its transaction began. Times are told of sessions of users whose role this program has; others need
    /// `pg_read_all_stats`.
    pub since: Option<DateTime<Utc>>,
    /// When its present or last query began.
    pub query_started_at: Option<DateTime<Utc>>,
    /// Tells this transaction from others of the same process.
    #[serde(skip)]
    transaction: String,
}

/// Tables that are to be swapped, and who was in the way at the last try.
pub(super) struct InTheWay {
    tables: Vec<String>,
    found: Vec<Blocker>,
}

impl InTheWay {
    pub(super) fn of(tables: Vec<String>) -> Self {
        Self { tables, found: Vec::new() }
    }

    /// Those of the last try that are still there: as long as there are any, another try would only hold up others.
    pub(super) async fn still(&mut self, connection: &mut PgConnection) -> Result<&[Blocker], sqlx::Error> {
        if !self.found.is_empty() {
            let now = holders(connection, &self.tables).await?;
            let was = |blocker: &Blocker| self.found.iter().any(|old| old.transaction == blocker.transaction);
            self.found = now.into_iter().filter(was).collect();
        }
        Ok(&self.found)
    }

    /// Who is there now.
    pub(super) async fn look(&mut self, connection: &mut PgConnection) -> Result<&[Blocker], sqlx::Error> {
        self.found = holders(connection, &self.tables).await?;
        Ok(&self.found)
    }
}

async fn holders(connection: &mut PgConnection, tables: &[String]) -> Result<Vec<Blocker>, sqlx::Error> {
    // With the session's own rights: the role of the runtime is shown less of others.
    let mut looking = connection.begin().await?;
    looking.execute("SET LOCAL ROLE NONE").await?;
    let found = sqlx::query_as(
        r#"SELECT DISTINCT a.pid, nullif(a.application_name, '') AS application_name, a.usename::text AS "user",
                  a.xact_start AS since, a.query_start AS query_started_at, l.virtualtransaction AS transaction
             FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a USING (pid)
            WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND l.relation IN (SELECT to_regclass(name) FROM unnest($1::text[]) AS wanted (name))
            ORDER BY since NULLS LAST, pid"#,
    )
    .bind(tables)
    .fetch_all(&mut *looking)
    .await?;
    looking.rollback().await?;
    Ok(found)
}
